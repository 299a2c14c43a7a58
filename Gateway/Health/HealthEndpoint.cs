using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Gateway.Models;

namespace CocoonOrleans.Gateway.Health;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: a request that comes now can be served, that is: the gateway is not going down,
/// catalogue and markets were read in the last five seconds (so the cluster answers), and at least one model has a connected worker with an offer.
/// </summary>
public sealed class HealthEndpoint(ModelCatalog catalog, ChatModels chatModels, MarketBooks books, DrainState drain)
{
    /// <summary>Answers <c>/health/live</c>; touches nothing.</summary>
    public static IResult Live() => Results.Bytes("""{"status":"live"}"""u8.ToArray(), "application/json");

    /// <summary>Answers <c>/health/ready</c> with 200, or 503 and all reasons.</summary>
    public IResult Ready()
    {
        IReadOnlyList<(string Model, MarketBook Book)> all = books.All();
        string[] reasons = [.. FindReasons(all)];
        byte[] body = AnswerJson.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("status", reasons.Length == 0 ? "ready" : "not_ready");
            json.WriteStartArray("reasons");
            foreach (string reason in reasons)
            {
                json.WriteStringValue(reason);
            }

            json.WriteEndArray();
            json.WriteStartArray("models");
            foreach ((string model, MarketBook book) in all)
            {
                json.WriteStartObject();
                json.WriteString("id", model);
                json.WriteNumber("workers", book.Offers().Count);
                json.WriteNumber("waiting", book.Room.Count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        return new Answer(reasons.Length == 0, body);
    }

    private IEnumerable<string> FindReasons(IReadOnlyList<(string Model, MarketBook Book)> all)
    {
        if (drain.IsDraining)
        {
            yield return "draining: the gateway is going down";
        }

        if (catalog.Age is not { } age)
        {
            yield return "catalog: not read yet; is the cluster up, and are Cluster:ClusterId and Cluster:ServiceId the silo's?";
            yield break;
        }

        if (age > ModelCatalog.FreshFor)
        {
            yield return $"catalog: last read {age.TotalSeconds:0} s ago; the cluster does not answer";
        }

        if (all.Count == 0)
        {
            yield return "catalog: it has no models";
        }
        else if (all.Any(static entry => entry.Book.Age is not { } read || read > ModelCatalog.FreshFor))
        {
            yield return "market: not read in the last 5 s";
        }

        if (!all.Any(entry => entry.Book.Offers().Count > 0 && chatModels.Find(catalog.Find(entry.Model)?.TokenizerSha256 ?? "") is not null))
        {
            yield return "workers: no connected worker offers a model";
        }
    }

    private sealed class Answer(bool ready, byte[] body) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            HttpResponse response = httpContext.Response;
            response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            response.ContentType = "application/json";
            response.Headers.CacheControl = "no-store";
            if (!ready)
            {
                response.Headers.RetryAfter = "1";
                response.Headers["retry-after-ms"] = "1000";
            }

            await response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
