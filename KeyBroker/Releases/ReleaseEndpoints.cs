using System.Text.Json;
using CocoonOrleans.KeyBroker.Nonces;
using CocoonOrleans.KeyBroker.Problems;
using CocoonOrleans.Sealing.Releases;

namespace CocoonOrleans.KeyBroker.Releases;

/// <summary>What a broker answers over HTTP.</summary>
public sealed partial class ReleaseEndpoints(NonceBook nonces, ReleaseDesk desk, ILogger<ReleaseEndpoints> logger)
{
    private const string Json = "application/json";

    internal void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(ReleaseHttp.NoncesPath, (RequestDelegate)NonceAsync);
        endpoints.MapPost(ReleaseHttp.ReleasesPath, (RequestDelegate)ReleaseAsync);
    }

    private async Task NonceAsync(HttpContext http)
    {
        if (nonces.Give() is not { } nonce)
        {
            await ProblemAnswer.WriteAsync(http, Problem.Of(ProblemCodes.Busy, "as many nonces are out as may be"));
            return;
        }

        http.Response.ContentType = Json;
        await JsonSerializer.SerializeAsync(http.Response.Body, new BrokerNonce(nonce.Nonce.ToArray(), nonce.Expires), ReleaseJson.Default.BrokerNonce, http.RequestAborted);
    }

    private async Task ReleaseAsync(HttpContext http)
    {
        try
        {
            ReleaseRequest? request = await JsonSerializer.DeserializeAsync(http.Request.Body, ReleaseJson.Default.ReleaseRequest, http.RequestAborted);
            var (answer, problem) = request is null
                ? (null, Problem.Of(ProblemCodes.Malformed, "a JSON object was expected"))
                : await desk.DecideAsync(request, http.Connection.RemoteIpAddress?.ToString() ?? "", http.RequestAborted);
            if (answer is null)
            {
                await ProblemAnswer.WriteAsync(http, problem!);
                return;
            }

            http.Response.ContentType = Json;
            await JsonSerializer.SerializeAsync(http.Response.Body, answer, ReleaseJson.Default.ReleaseAnswer, http.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            await ProblemAnswer.WriteAsync(http, e.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Problem.Of(ProblemCodes.TooLarge, $"at most {ReleaseHttp.MostRequestBytes} bytes were expected")
                : Problem.Of(ProblemCodes.Malformed, "the body can't be read"));
        }
        catch (JsonException)
        {
            // Its message may quote the request: what was expected is told instead.
            await ProblemAnswer.WriteAsync(http, Problem.Of(ProblemCodes.Malformed, "a JSON object with manifest, statement, quote, nonce and proof was expected"));
        }
        catch (Exception e) when (e is not OperationCanceledException && !http.Response.HasStarted)
        {
            LogFault(e);
            await ProblemAnswer.WriteAsync(http, Problem.Of(ProblemCodes.Fault, "the broker failed; its log has more"));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A request failed")]
    private partial void LogFault(Exception fault);
}
