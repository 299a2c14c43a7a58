using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Requests;
using CocoonOrleans.Gateway.Sealing;
using Microsoft.AspNetCore.Http.Features;

namespace CocoonOrleans.Gateway.Generations;

/// <summary><c>GET /v1/generation?id=</c>: how one request went.</summary>
public sealed class GenerationEndpoint(GenerationLog log, JobCosts costs)
{
    private const int HexDigits = 32;

    /// <summary>Answers the request.</summary>
    public async Task<IResult> FindAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        string id = http.Request.Query["id"].ToString();
        if (id.Length == 0)
        {
            return new ApiError(ErrorKinds.MissingRequiredParameter, "Say which: ?id= with the id of an answer, such as chatcmpl-....") { Param = "id" };
        }

        // What answers are called ends with the job's id, whatever they begin with.
        Caller caller = http.Features.GetRequiredFeature<Caller>();
        if (id.Length < HexDigits || !Guid.TryParseExact(id.AsSpan(id.Length - HexDigits), "N", out Guid jobId) || log.Find(caller.KeyId, jobId) is not { } found)
        {
            return new ApiError(ErrorKinds.GenerationNotFound, "This key has no such request here: it is too old, still runs, or another gateway served it.") { Param = "id" };
        }

        string? cost = found.Charge is null ? "0" : await costs.OfAsync(found.Charge);
        return Results.Bytes(
            AnswerJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("object", "generation");
                json.WriteString("id", id);
                json.WriteString("model", found.Model);
                json.WriteNumber("created", found.Created.ToUnixTimeSeconds());
                json.WriteString("status", found.Status);
                json.WriteString("error_code", found.ErrorCode);
                json.WriteString("worker", found.WorkerId);
                json.WriteString("tier", found.Tier?.ToName());
                json.WriteNumber("attempts", found.Attempts);
                json.WriteString("finish_reason", found.FinishReason);
                if (found.Usage is { } usage)
                {
                    AnswerJson.WriteUsage(json, usage, cost);
                }
                else
                {
                    json.WriteNull("usage");
                }

                json.WriteString("cost", cost);
                json.WriteNumber("duration_ms", Math.Round(found.Duration.TotalMilliseconds));
                if (found.TimeToFirstToken is { } first)
                {
                    json.WriteNumber("time_to_first_token_ms", Math.Round(first.TotalMilliseconds));
                }
                else
                {
                    json.WriteNull("time_to_first_token_ms");
                }

                if (found.TokensPerSecond is { } speed)
                {
                    json.WriteNumber("tokens_per_second", Math.Round(speed, 1));
                }
                else
                {
                    json.WriteNull("tokens_per_second");
                }

                json.WriteEndObject();
            }),
            "application/json");
    }
}
