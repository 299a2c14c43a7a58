using System.Text.Json;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Models;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Clearing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.SealedRequests;

/// <summary><c>GET /v1/attested-workers?model=...</c>: to whom a client may seal a request, in the market's order. The client verifies each: nothing here is to be believed.</summary>
public sealed class AttestedWorkersEndpoint(ModelCatalog catalog, MarketBooks books, WorkerConnections workers, IOptions<GatewayOptions> options, TimeProvider time)
{
    private static readonly HashSet<string> Nobody = [];

    /// <summary>Lists them.</summary>
    /// <param name="name">The model.</param>
    public IResult List(string? name)
    {
        if (name is null)
        {
            return new ApiError(ErrorKinds.MissingRequiredParameter, "Say which model: ?model=NAME.") { Param = "model" };
        }

        if (catalog.Find(name) is not { } model)
        {
            return new ApiError(ErrorKinds.ModelNotFound, "The model does not exist. GET /v1/models lists those that do.") { Param = "model" };
        }

        MarketBook book = books.Of(model.Name);
        var request = new ClearingRequest(JobIds.Fresh(time), 1, model.Embeds ? 0 : 1, 1, model.Reserve, Nobody);
        ClearingResult result = book.Clear(request);

        // Who has no free slot may have one when the request comes, and else it waits.
        IEnumerable<string> ranked = result.Ranked.Select(cleared => cleared.Offer.WorkerId)
            .Concat(book.Offers().Where(offer => offer.Ask.IsWithin(model.Reserve)).OrderByDescending(offer => offer.FreeSlots).Select(offer => offer.WorkerId))
            .Distinct(StringComparer.Ordinal);
        WorkerConnection[] chosen = [.. ranked.Select(workers.Find).OfType<WorkerConnection>().Where(worker => worker.Seal.IsOpen).Take(RequestHeader.MaxRecipients)];
        return chosen.Length > 0
            ? Results.Bytes(AnswerJson.Write(json => Write(json, model, chosen)), "application/json")
            : new ApiError(ErrorKinds.NoCapacity, "No worker serves this model now.") { RetryAfter = book.ExpectedWait() };
    }

    private void Write(Utf8JsonWriter json, CatalogModel model, WorkerConnection[] chosen)
    {
        json.WriteStartObject();
        json.WriteString("network_id", options.Value.NetworkId);
        json.WriteString("model", model.Name);
        json.WriteString("task", model.Embeds ? "embeddings" : "chat");
        json.WriteNumber("context_tokens", model.ContextTokens);
        json.WriteNumber("default_max_completion_tokens", model.DefaultMaxCompletionTokens);
        json.WriteStartObject("hold_prices");
        json.WriteString("prompt", model.Reserve.Prompt.ToString());
        json.WriteString("completion", model.Reserve.Completion.ToString());
        json.WriteString("request", model.Reserve.Request.ToString());
        json.WriteEndObject();
        json.WriteStartArray("workers");
        foreach (WorkerConnection worker in chosen)
        {
            if (worker.Seal.Newest is var (statement, voucher, eventLog))
            {
                json.WriteStartObject();
                json.WriteString("worker_id", worker.WorkerId);
                json.WriteString("tier", statement.Tier.ToName());
                json.WriteNumber("expires", statement.Bound.Statement.Expires.ToUnixTimeSeconds());
                json.WriteString("engine", worker.Registration.Engine.Kind);
                json.WriteBase64String("statement", statement.Bound.Bytes.Span);
                json.WriteBase64String(statement.Bound.Statement.Tier == TrustTier.Open ? "signature" : "quote", voucher.Span);
                if (!eventLog.IsEmpty)
                {
                    json.WriteBase64String("event_log", eventLog.Span);
                }

                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
