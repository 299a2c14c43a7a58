using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Tokenization.Completions;

/// <summary>The body of OpenAI's older <c>POST /v1/completions</c> as we understand it: a prompt without chat, on its way to a worker a chat request with a <c>prompt</c>.</summary>
public sealed record TextCompletionRequest
{
    // OpenAI's own default, far below that of chats.
    private const int DefaultMaxTokens = 16;

    private const int MostLogprobs = 5;

    // What both requests have under the same name and with the same rules.
    private static readonly string[] Shared =
    [
        "temperature", "top_p", "min_p", "top_k", "presence_penalty", "frequency_penalty", "repetition_penalty", "logit_bias", "seed", "stop", "n", "stream", "stream_options",
        "structured_outputs", "user", "safety_identifier", "metadata", "provider", "timeout", "service_tier",
    ];

    /// <summary>The chat request that it is served as.</summary>
    public required ReadOnlyMemory<byte> Chat { get; init; }

    /// <summary>What the request asks of who serves it.</summary>
    public ProviderPreferences Provider { get; init; } = ProviderPreferences.None;

    /// <summary>Paths of fields that were given and are ignored; at most 64.</summary>
    public IReadOnlyList<string> IgnoredParameters { get; init; } = [];

    /// <summary>Reads and checks a request; what its chat request gets wrong is found when that is read. Takes any bytes; never throws.</summary>
    /// <param name="utf8Json">The body, whose size the caller bounds.</param>
    /// <param name="request">The request, if it can be served.</param>
    /// <param name="error">What is wrong with it otherwise.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out TextCompletionRequest? request, [NotNullWhen(false)] out ChatRequestError? error)
    {
        var reading = new RequestReading();
        request = RequestBody.Read(utf8Json, reading, Read, static read => read.Provider);
        request = request is null ? null : request with { IgnoredParameters = [.. reading.Ignored] };
        error = reading.Error;
        return error is null && request is not null;
    }

    /// <summary>The name here of a field of the chat request.</summary>
    public static string? ParamOf(string? chatParam) => chatParam == "top_logprobs" ? "logprobs" : chatParam;

    private static TextCompletionRequest Read(RequestObject body)
    {
        var (model, prompt) = (body.Take("model"), OnePrompt(body.Take("prompt")));
        var (maxTokens, logprobs) = (body.Take("max_tokens").Integer(1, int.MaxValue), body.Take("logprobs").Integer(0, MostLogprobs));
        RequestBody.ReadModel(model);
        foreach (var name in new[] { "suffix", "echo" })
        {
            var field = body.Take(name);
            if (!field.IsEmpty && field.StringOrNull() != "")
            {
                field.Unsupported("is not supported");
            }
        }

        var shared = Shared.Select(name => (Name: name, Field: body.Take(name))).ToArray();
        var (bestOf, choices) = (body.Take("best_of"), Array.Find(shared, static field => field.Name == "n").Field);
        if (bestOf.Integer(1, int.MaxValue) is { } best && best != (choices.Integer(1, ChatCompletionRequest.MostChoices) ?? 1))
        {
            bestOf.Unsupported("other than n is not supported: every answer that is made is returned");
        }

        var chat = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(chat, RequestBody.Writing))
        {
            json.WriteStartObject();
            Write(json, "model", model);
            Write(json, "prompt", prompt);
            json.WriteNumber("max_completion_tokens", maxTokens ?? DefaultMaxTokens);
            if (logprobs is { } top)
            {
                json.WriteBoolean("logprobs", true);
                json.WriteNumber("top_logprobs", top);
            }

            foreach (var (name, field) in shared)
            {
                Write(json, name, field);
            }

            json.WriteEndObject();
        }

        var provider = RequestBody.ReadProvider(Array.Find(shared, static field => field.Name == "provider").Field);
        return new TextCompletionRequest { Chat = chat.WrittenMemory, Provider = provider };
    }

    private static RequestField OnePrompt(RequestField field)
    {
        if (field.IsAbsent)
        {
            field.Missing();
        }

        if (field.Kind != JsonValueKind.Array || field.FirstKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            return field;
        }

        if (field.Items(0, int.MaxValue) is not [var only])
        {
            field.Unsupported("of several texts is not supported: send a request for each");
            return field;
        }

        return only;
    }

    private static void Write(Utf8JsonWriter json, string name, RequestField field)
    {
        if (!field.IsAbsent)
        {
            json.WritePropertyName(name);
            field.WriteTo(json);
        }
    }
}
