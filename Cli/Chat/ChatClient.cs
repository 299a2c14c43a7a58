using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Market;

namespace CocoonOrleans.Cli.Chat;

/// <summary>A client of the gateway's chat endpoint that shows the answer as it comes.</summary>
/// <param name="http">A client whose base address is the gateway.</param>
/// <param name="apiKey">Who pays.</param>
/// <param name="clock">Measures the time to the first text.</param>
public sealed class ChatClient(HttpClient http, string apiKey, TimeProvider clock)
{
    private const string Done = "[DONE]";

    /// <summary>Asks, and passes each piece of the answer on.</summary>
    /// <param name="question">What to ask.</param>
    /// <param name="onText">Gets each piece of text as it comes.</param>
    /// <param name="cancellationToken">Ends the answer; what was generated until then is charged.</param>
    /// <exception cref="ChatRefusedException">The gateway says no, or can't finish the answer.</exception>
    /// <exception cref="HttpRequestException">The gateway can't be reached, or the connection broke.</exception>
    public async Task<ChatAnswer> AskAsync(ChatQuestion question, Action<string> onText, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(onText);
        var started = clock.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", apiKey) },
            Content = JsonContent.Create(question, ChatJson.Default.ChatQuestion),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Refusal((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var answer = new AnswerSoFar();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (item.Data == Done)
            {
                return answer.Finish(clock.GetElapsedTime(started));
            }

            var piece = Add(answer, item.Data, clock.GetElapsedTime(started));
            if (piece.Length > 0)
            {
                onText(piece);
            }
        }

        throw new ChatRefusedException((int)response.StatusCode, null, "The answer broke off.");
    }

    private static string Add(AnswerSoFar answer, string data, TimeSpan elapsed)
    {
        try
        {
            return answer.Add(data, elapsed);
        }
        catch (Exception exception) when (IsNotUnderstood(exception))
        {
            throw new ChatRefusedException(200, null, "A part of the answer is no chunk of a chat completion. Is this a CocoonOrleans gateway?");
        }
    }

    private static bool IsNotUnderstood(Exception exception) => exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException;

    private static ChatRefusedException Refusal(int status, string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Refusal(status, document.RootElement.GetProperty("error"));
        }
        catch (Exception exception) when (IsNotUnderstood(exception))
        {
            return new ChatRefusedException(status, null, $"Status {status}, without an error that I understand. Is this a CocoonOrleans gateway?");
        }
    }

    private static ChatRefusedException Refusal(int status, JsonElement error) => new(
        status,
        error.GetProperty("code") is { ValueKind: JsonValueKind.String } code ? code.GetString() : null,
        error.GetProperty("message").GetString() ?? "");

    /// <summary>What has come of an answer.</summary>
    private sealed class AnswerSoFar
    {
        private readonly StringBuilder _text = new();
        private string _id = "";
        private string _model = "";
        private string _finishReason = "";
        private long _promptTokens;
        private long _completionTokens;
        private Nano? _cost;
        private string? _worker;
        private string? _engine;
        private ChatProvider? _provider;
        private TimeSpan? _timeToFirstToken;

        public string Add(string data, TimeSpan elapsed)
        {
            using var document = JsonDocument.Parse(data);
            var chunk = document.RootElement;
            if (chunk.TryGetProperty("error", out var error))
            {
                throw Refusal(200, error);
            }

            _id = chunk.GetProperty("id").GetString() ?? "";
            _model = chunk.GetProperty("model").GetString() ?? "";
            if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            {
                _promptTokens = usage.GetProperty("prompt_tokens").GetInt64();
                _completionTokens = usage.GetProperty("completion_tokens").GetInt64();
                _cost = usage.TryGetProperty("cost", out var cost) && Nano.TryParse(cost.GetString(), out var nano) ? nano : null;
            }

            if (chunk.TryGetProperty("provider", out var provider))
            {
                _worker = provider.GetProperty("worker").GetString();
                _engine = provider.GetProperty("engine").GetString();
                _provider = ReadProvider(provider);
            }

            var choices = chunk.GetProperty("choices");
            if (choices.GetArrayLength() == 0)
            {
                return "";
            }

            var choice = choices[0];
            _finishReason = choice.GetProperty("finish_reason").GetString() ?? _finishReason;
            var piece = choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() ?? "" : "";
            if (piece.Length > 0)
            {
                _timeToFirstToken ??= elapsed;
                _text.Append(piece);
            }

            return piece;
        }

        /// <summary>Null where the gateway is of a version that doesn't say.</summary>
        private static ChatProvider? ReadProvider(JsonElement provider) =>
            provider.TryGetProperty("sealer", out var sealer)
            && provider.TryGetProperty("tier", out var tier)
            && provider.TryGetProperty("statement_hash", out var statement)
            && provider.TryGetProperty("receipt_verified", out var receipt)
                ? new ChatProvider(sealer.GetString() ?? "", tier.GetString() ?? "", statement.GetString() ?? "", receipt.GetBoolean())
                : null;

        public ChatAnswer Finish(TimeSpan elapsed) => new(
            _id, _model, _text.ToString(), _finishReason, _promptTokens, _completionTokens, _cost, _worker, _engine, _provider, _timeToFirstToken ?? elapsed, elapsed);
    }
}
