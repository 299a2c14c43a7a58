using System.Net.Http.Headers;
using System.Text.Json;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Cli.Providers;

/// <summary>Brings a gateway what a provider signed.</summary>
internal static class ProviderClient
{
    /// <summary>The longest wait for an answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Asks, and reads a JSON document.</summary>
    /// <param name="gateway">A client of the gateway; no API key is needed.</param>
    /// <param name="provider">Whose request it is.</param>
    /// <param name="path">What for, below <c>/v1/providers/{id}/</c>.</param>
    /// <param name="signed">The signed request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer; null where it has no body.</returns>
    /// <exception cref="CommandFailedException">The gateway refuses it, or can't be reached.</exception>
    public static async Task<JsonDocument?> AskAsync(
        HttpClient gateway, PublicKey provider, string path, ReadOnlyMemory<byte> signed, CancellationToken cancellationToken)
    {
        var text = await AskForTextAsync(gateway, provider, path, signed, cancellationToken);
        try
        {
            return text.Length == 0 ? null : JsonDocument.Parse(text);
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException($"The gateway's answer can't be read: {exception.Message}", "Is it a gateway of this version?", innerException: exception);
        }
    }

    /// <summary>Asks, and reads what comes as it is.</summary>
    /// <exception cref="CommandFailedException">The gateway refuses it, or can't be reached.</exception>
    public static async Task<string> AskForTextAsync(
        HttpClient gateway, PublicKey provider, string path, ReadOnlyMemory<byte> signed, CancellationToken cancellationToken)
    {
        try
        {
            using var body = new ReadOnlyMemoryContent(signed) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
            using var response = await gateway.PostAsync($"/v1/providers/{ProviderId.Of(provider)}/{path}", body, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? text
                : throw new CommandFailedException($"The gateway answers {(int)response.StatusCode}: {MessageOf(text)}", "Correct what it names, and ask again.");
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailedException($"The gateway can't be asked: {exception.Message}", "Name a gateway that runs with --gateway URL.", innerException: exception);
        }
    }

    private static string MessageOf(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("message", out var message) ? message.GetString() ?? text : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
