using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Markets;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Gateway.Admission;

/// <summary>A request that was admitted: its hold is placed and durable.</summary>
public sealed record ChatJob
{
    /// <summary>The job.</summary>
    public required Guid JobId { get; init; }

    /// <summary>Who asked.</summary>
    public required Caller Caller { get; init; }

    /// <summary>The model as the catalogue has it.</summary>
    public required CatalogModel Model { get; init; }

    /// <summary>The model's tokenizer, to count what workers deliver.</summary>
    public required ChatModel ChatModel { get; init; }

    /// <summary>The client's request, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether the answer is a stream of events.</summary>
    public required bool Stream { get; init; }

    /// <summary>Whether the stream ends with a chunk that tells the usage.</summary>
    public required bool IncludeUsage { get; init; }

    /// <summary>Whether the client asked for log-probabilities.</summary>
    public bool TakesLogprobs { get; init; }

    /// <summary>Whether the answer is a call of a function whose beginning stands in the prompt.</summary>
    public bool ForcesCall { get; init; }

    /// <summary>Whether the client sent an <c>Idempotency-Key</c>.</summary>
    public required bool IsIdempotent { get; init; }

    /// <summary>The exact prompt count.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>How many answers the client wants.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The most tokens of each answer.</summary>
    public required int MaxTokensPerChoice { get; init; }

    /// <summary>The most tokens that may be generated, over all answers.</summary>
    public int MaxCompletionTokens => Choices * MaxTokensPerChoice;

    /// <summary>The most that may be paid per class of token.</summary>
    public required TokenPrices Cap { get; init; }

    /// <summary>The second that stands as <c>created</c> in every chunk.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>The clock's timestamp of its arrival.</summary>
    public required long Arrived { get; init; }

    /// <summary>What it wants of the market.</summary>
    public LeaseWish Wish => new(JobId, Model.Name, PromptTokens, MaxTokensPerChoice, MaxCompletionTokens, Cap, Until);
}
