using System.Text.Json;
using CocoonOrleans.Sealing.Releases;

namespace CocoonOrleans.KeyBroker.Problems;

/// <summary>Writes refusals.</summary>
internal static class ProblemAnswer
{
    private const string RetrySeconds = "10";

    public static async Task WriteAsync(HttpContext http, ReleaseProblem problem)
    {
        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = ReleaseHttp.ProblemMediaType;
        if (problem.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = RetrySeconds;
        }

        await JsonSerializer.SerializeAsync(http.Response.Body, problem, ReleaseJson.Default.ReleaseProblem, http.RequestAborted);
    }
}
