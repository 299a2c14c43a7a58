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
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.SealedRequests;

/// <summary><c>GET /v1/attested-workers?model=...</c>, with a nonce if wished: to whom a client may seal a request, in the market's order. The client verifies each: nothing here is to be believed.</summary>
public sealed class AttestedWorkersEndpoint(ModelCatalog catalog, MarketBooks books, WorkerConnections workers, FreshStatements freshStatements, IOptions<GatewayOptions> options, TimeProvider time)
{
    // Some of them may have no open seal at this moment.
    private const int MostRanked = 2 * RequestHeader.MaxRecipients;

    private static readonly HashSet<string> Nobody = [];
    private static readonly TimeSpan FreshRetry = TimeSpan.FromSeconds(2);

    /// <summary>Lists them.</summary>
    /// <param name="name">The model.</param>
    /// <param name="nonce">32 bytes in hex that the statements must be newer than; null where those of the epoch will do.</param>
    /// <param name="cancellationToken">The client left.</param>
    public async Task<IResult> ListAsync(string? name, string? nonce, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            return new ApiError(ErrorKinds.MissingRequiredParameter, "Say which model: ?model=NAME.") { Param = "model" };
        }

        if (catalog.Find(name) is not { } model)
        {
            return new ApiError(ErrorKinds.ModelNotFound, "The model does not exist. GET /v1/models lists those that do.") { Param = "model" };
        }

        if (nonce is not null && (nonce.Length != 2 * Digest.Length || !nonce.All(char.IsAsciiHexDigit)))
        {
            return new ApiError(ErrorKinds.InvalidValue, "A nonce is 32 random bytes in 64 hex digits.") { Param = "nonce" };
        }

        MarketBook book = books.Of(model.Name);
        var request = new ClearingRequest(JobIds.Fresh(time), 1, model.Embeds ? 0 : 1, 1, model.Reserve, Nobody);

        // Who has no free slot may have one when the request comes, and else it waits.
        IEnumerable<string> ranked = Ranked(book, request)
            .Concat(book.Offers().Where(offer => offer.Ask.IsWithin(model.Reserve)).OrderByDescending(offer => offer.FreeSlots).Select(offer => offer.WorkerId))
            .Distinct(StringComparer.Ordinal);
        WorkerConnection[] chosen = [.. ranked.Select(workers.Find).OfType<WorkerConnection>().Where(worker => worker.Seal.IsOpen).Take(RequestHeader.MaxRecipients)];
        if (chosen.Length == 0)
        {
            return new ApiError(ErrorKinds.NoCapacity, "No worker serves this model now.") { RetryAfter = book.ExpectedWait() };
        }

        Offered[] offered = nonce is null ? [.. chosen.Select(Newest).OfType<Offered>()] : await FreshAsync(chosen, new Digest(Convert.FromHexString(nonce)), cancellationToken);
        return offered.Length > 0
            ? Results.Bytes(AnswerJson.Write(json => Write(json, model, offered)), "application/json")
            : new ApiError(ErrorKinds.NoCapacity, "No worker that serves this model makes a fresh statement now.") { RetryAfter = FreshRetry };
    }

    /// <summary>The winner, who would win without it, and so on.</summary>
    private static IEnumerable<string> Ranked(MarketBook book, ClearingRequest request)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        while (named.Count < MostRanked && book.Clear(request with { Excluded = named }).Best is { } best && named.Add(best.Offer.WorkerId))
        {
            yield return best.Offer.WorkerId;
        }
    }

    private static Offered? Newest(WorkerConnection worker) => worker.Seal.Newest is var (statement, shown) ? new Offered(worker, statement, shown, default) : null;

    private async Task<Offered[]> FreshAsync(WorkerConnection[] chosen, Digest nonce, CancellationToken cancellationToken)
    {
        FreshFinding?[] found = await Task.WhenAll(chosen.Select(worker => freshStatements.AskAsync(worker, nonce, cancellationToken)));
        return
        [
            .. chosen.Zip(found, static (worker, fresh) => fresh is null ? null : new Offered(worker, fresh.Statement, (worker.Seal.Newest?.Shown ?? new ShownEvidence(default)) with { Voucher = fresh.Voucher }, fresh.Proof)).OfType<Offered>(),
        ];
    }

    private void Write(Utf8JsonWriter json, CatalogModel model, Offered[] offered)
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
        foreach (Offered one in offered)
        {
            Statement statement = one.Statement.Bound.Statement;
            json.WriteStartObject();
            json.WriteString("worker_id", one.Worker.WorkerId);
            json.WriteString("tier", one.Statement.Tier.ToName());
            json.WriteNumber("expires", statement.Expires.ToUnixTimeSeconds());
            json.WriteString("engine", one.Worker.Registration.Engine.Kind);
            json.WriteBase64String("statement", one.Statement.Bound.Bytes.Span);
            json.WriteBase64String(statement.Tier == TrustTier.Open ? "signature" : "quote", one.Shown.Voucher.Span);
            WriteOptional(json, "event_log", one.Shown.EventLog);
            WriteOptional(json, "gpus", one.Shown.Gpus);
            WriteOptional(json, "gpu_references", one.Shown.GpuReferences);
            WriteOptional(json, "nonce_proof", one.Proof);

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, ReadOnlyMemory<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            json.WriteBase64String(name, bytes.Span);
        }
    }

    private sealed record Offered(WorkerConnection Worker, CheckedStatement Statement, ShownEvidence Shown, ReadOnlyMemory<byte> Proof);
}
