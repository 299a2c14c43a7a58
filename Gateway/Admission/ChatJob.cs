using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.ToolCalls;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>A chat that was admitted.</summary>
public sealed record ChatJob : AdmittedJob
{
    /// <summary>The model's tokenizer, to count what workers deliver.</summary>
    public required ChatModel ChatModel { get; init; }

    /// <summary>Whether the answer is a stream of events.</summary>
    public required bool Stream { get; init; }

    /// <summary>Whether the stream ends with a chunk that tells the usage.</summary>
    public required bool IncludeUsage { get; init; }

    /// <summary>Whether the client asked for log-probabilities.</summary>
    public bool TakesLogprobs { get; init; }

    /// <summary>The call of a function that the request forces, whose beginning stands in the prompt; null where it forces none.</summary>
    public ForcedCall? ForcedCall { get; init; }

    /// <summary>How many answers the client wants.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The most tokens of each answer.</summary>
    public required int MaxTokensPerChoice { get; init; }

    /// <inheritdoc/>
    public override int MaxCompletionTokens => Choices * MaxTokensPerChoice;

    /// <inheritdoc/>
    public override int LongestContext => PromptTokens + MaxTokensPerChoice;

    /// <inheritdoc/>
    public override JobKind Kind => JobKind.Chat;
}
