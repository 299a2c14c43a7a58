using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace CocoonOrleans.Tokenization.Chat;

/// <summary>The body of OpenAI's <c>POST /v1/chat/completions</c> as we understand it. Gateway, worker and client all read it with this.</summary>
public sealed record ChatCompletionRequest
{
    /// <summary>Most answers to one request.</summary>
    public const int MostChoices = 8;

    /// <summary>Name of the model, 1 to 256 characters.</summary>
    public required string Model { get; init; }

    /// <summary>The chat so far, 1 to 2,048 messages; empty where there is a <see cref="Prompt"/>.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>
    /// What the model goes on from as it is, without the chat template; null for a chat. An extension: it is what <c>POST /v1/completions</c> becomes on its way to a worker.
    /// </summary>
    public RawPrompt? Prompt { get; init; }

    /// <summary>How many answers, 1 to <see cref="MostChoices"/>.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The most tokens of each answer, from 1 up; null for the model's default. The context's length cuts it further.</summary>
    public int? MaxCompletionTokens { get; init; }

    /// <summary>0 to 2; null for the model's default. 0 takes the likeliest token.</summary>
    public double? Temperature { get; init; }

    /// <summary>Above 0 and up to 1: sample from the likeliest tokens that together have this probability.</summary>
    public double? TopP { get; init; }

    /// <summary>0 to 1: leave out tokens less likely than this part of the likeliest one. An extension.</summary>
    public double? MinP { get; init; }

    /// <summary>Sample from this many of the likeliest tokens, from 1 up; 0 for all. An extension.</summary>
    public int? TopK { get; init; }

    /// <summary>-2 to 2: taken from the logits of tokens that stand in the answer already.</summary>
    public double? PresencePenalty { get; init; }

    /// <summary>-2 to 2: taken from the logits of tokens for each time they stand in the answer already.</summary>
    public double? FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of tokens by their ids, -100 to 100; at most 300.</summary>
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = ReadOnlyDictionary<int, double>.Empty;

    /// <summary>Above 0 and up to 2: makes tokens that stand in prompt or answer already less likely. An extension.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Null for no log-probabilities; else of how many of the likeliest tokens beside each token, 0 to 20.</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Seed of the sampling; null for any. The answer with index i is drawn with the seed plus i.</summary>
    public long? Seed { get; init; }

    /// <summary>Texts that end the answer and are no part of it: up to 4, of 1 to 256 characters.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>The functions that the model may call; at most 128.</summary>
    public IReadOnlyList<ChatTool> Tools { get; init; } = [];

    /// <summary>Whether it has to.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Whether one answer may hold several calls.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>What the answer has to be; null for text.</summary>
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>Whether the answer comes as server-sent events.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether a stream ends with a chunk that tells the usage.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>
    /// How long after it came the answer is of no use any more: the shorter of <c>provider.deadline_ms</c> and <c>timeout</c>, both extensions, the second one COCOON's. Null for
    /// the gateway's own limit, which it can't exceed.
    /// </summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Who uses the app: the first of <c>safety_identifier</c>, <c>user</c> and <c>metadata.user_id</c>. Never stored as it is.</summary>
    public string? EndUser { get; init; }

    /// <summary>What the client asks of those who may serve it.</summary>
    public ProviderPreferences Provider { get; init; } = ProviderPreferences.None;

    /// <summary>Paths of fields that were given and are ignored; at most 64.</summary>
    public IReadOnlyList<string> IgnoredParameters { get; init; } = [];

    /// <summary>Reads and checks a request. Takes any bytes; never throws.</summary>
    /// <param name="utf8Json">The body, whose size the caller bounds.</param>
    /// <param name="request">The request, if it can be served.</param>
    /// <param name="error">What is wrong with it otherwise.</param>
    /// <returns>Whether it is a request that can be served.</returns>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out ChatCompletionRequest? request, [NotNullWhen(false)] out ChatRequestError? error)
    {
        var reading = new RequestReading();
        request = ChatRequestReader.Read(utf8Json, reading);
        error = reading.Error;
        return error is null && request is not null;
    }
}
