using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Tokenization.Responses;

/// <summary>The body of OpenAI's <c>POST /v1/responses</c> as we understand it; on its way to a worker it is a chat request.</summary>
public sealed record ResponsesRequest
{
    /// <summary>Name of the model, 1 to 256 characters.</summary>
    public required string Model { get; init; }

    /// <summary>Who the model is told to be, before all else; null for nothing.</summary>
    public string? Instructions { get; init; }

    /// <summary>The input, item by item; at least one.</summary>
    public required IReadOnlyList<ResponsesInput> Input { get; init; }

    /// <summary>Whether the answer comes as server-sent events.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether the response is kept, to be read or gone on from later. OpenAI's default is true, ours false.</summary>
    public bool Store { get; init; }

    /// <summary>Whether it is computed without its client waiting for it.</summary>
    public bool Background { get; init; }

    /// <summary>The kept response from which this one goes on; null for none.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>What the response repeats of its request.</summary>
    public required JsonObject Echo { get; init; }

    /// <summary>What the request asks of who serves it.</summary>
    public ProviderPreferences Provider { get; init; } = ProviderPreferences.None;

    /// <summary>Paths of fields that were given and are ignored; at most 64.</summary>
    public IReadOnlyList<string> IgnoredParameters { get; init; } = [];

    /// <summary>The fields of the chat request beside its messages, as members of a JSON object.</summary>
    internal ReadOnlyMemory<byte> Fields { get; init; }

    /// <summary>Reads and checks a request; what its chat request gets wrong is found when that is read. Takes any bytes; never throws.</summary>
    /// <param name="utf8Json">The body, whose size the caller bounds.</param>
    /// <param name="request">The request, if it can be served.</param>
    /// <param name="error">What is wrong with it otherwise.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out ResponsesRequest? request, [NotNullWhen(false)] out ChatRequestError? error)
    {
        var reading = new RequestReading();
        request = RequestBody.Read(utf8Json, reading, ResponsesReader.Read, static read => read.Provider);
        request = request is null ? null : request with { IgnoredParameters = [.. reading.Ignored] };
        error = reading.Error;
        return error is null && request is not null;
    }

    /// <summary>The chat request that it is served as.</summary>
    /// <param name="earlier">Messages of the responses from which it goes on, oldest first, each a JSON object.</param>
    public byte[] ToChat(IReadOnlyList<string> earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        string fields = Encoding.UTF8.GetString(Fields.Span);
        return Encoding.UTF8.GetBytes($"{{\"messages\":[{string.Join(',', Messages(earlier))}],{fields.AsSpan(1)}");
    }

    /// <summary>The name here of a field of the chat request.</summary>
    /// <param name="chatParam">The field there.</param>
    /// <param name="earlier">How many messages stand before this request's own.</param>
    public string? ParamOf(string? chatParam, int earlier)
    {
        const string Messages = "messages[";
        if (chatParam is null || !chatParam.StartsWith(Messages, StringComparison.Ordinal))
        {
            return chatParam switch
            {
                "messages" => "input",
                "max_completion_tokens" => "max_output_tokens",
                "response_format" => "text.format",
                { } format when format.StartsWith("response_format.", StringComparison.Ordinal) => "text.format",
                _ => chatParam,
            };
        }

        int end = chatParam.IndexOf(']', StringComparison.Ordinal);
        int index = int.Parse(chatParam.AsSpan(Messages.Length..end), CultureInfo.InvariantCulture) - (Instructions is null ? 0 : 1) - earlier;
        return index >= 0 && index < Input.Count ? Input[index].Path : Instructions is not null && index == -1 - earlier ? "instructions" : "input";
    }

    /// <summary>The messages of the input, each a JSON object.</summary>
    public IEnumerable<string> InputMessages() => Input.Select(static item => item.Message);

    private IEnumerable<string> Messages(IReadOnlyList<string> earlier)
    {
        IEnumerable<string> instructions = Instructions is null ? [] : [new JsonObject { ["role"] = "system", ["content"] = Instructions }.ToJsonString()];
        return [.. instructions, .. earlier, .. InputMessages()];
    }
}
