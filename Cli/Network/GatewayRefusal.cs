using System.Text.Json;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Network;

/// <summary>A gateway's refusal as a failure of a command.</summary>
internal static class GatewayRefusal
{
    /// <summary>Reads OpenAI's error shape.</summary>
    public static async Task<CommandFailedException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(body);
            var error = document.RootElement.GetProperty("error");
            var code = error.GetProperty("code").GetString();
            return new CommandFailedException($"{error.GetProperty("message").GetString()} ({code ?? $"status {(int)response.StatusCode}"})", Fix(code));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new CommandFailedException($"The gateway answers with status {(int)response.StatusCode}.", "See the gateway's log.");
        }
    }

    private static string Fix(string? code) => code switch
    {
        "invalid_api_key" => "Give a valid key with --key or COCOON_API_KEY.",
        "topups_not_ready" => "Try again in a minute; the operator's wallet must be deployed first.",
        _ => "docs/errors.md says what to do for each code.",
    };
}
