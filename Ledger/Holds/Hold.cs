using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Ledger.Holds;

/// <summary>Money set aside for one job, and what became of it. The row is the job's lasting record.</summary>
public sealed record Hold
{
    /// <summary>The job, and the id under which everything about it may be repeated.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The client account that pays.</summary>
    public required string AccountId { get; init; }

    /// <summary>The account's channel that pays, in raw form; null where its balance does.</summary>
    public string? Channel { get; init; }

    /// <summary>The key that asked; null where the payer has none.</summary>
    public required string? ApiKeyId { get; init; }

    /// <summary>What was set aside, in nano; above zero.</summary>
    public required Nano Amount { get; init; }

    /// <summary>Where it stands.</summary>
    public required HoldState State { get; init; }

    /// <summary>SHA-256 of the request, 32 bytes: tells a retry from another request under the same id.</summary>
    public required ReadOnlyMemory<byte> RequestHash { get; init; }

    /// <summary>The model asked for.</summary>
    public required string Model { get; init; }

    /// <summary>Prompt tokens that were counted before the start.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>The most tokens that may be generated over all choices.</summary>
    public required long MaxCompletionTokens { get; init; }

    /// <summary>The most the buyer pays.</summary>
    public required TokenPrices PriceCap { get; init; }

    /// <summary>When it was placed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on the sweeper may settle it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The charge; set exactly where <see cref="State"/> is <see cref="HoldState.Captured"/>.</summary>
    public HoldCapture? Capture { get; init; }

    /// <summary>The release; set exactly where <see cref="State"/> is <see cref="HoldState.Released"/>.</summary>
    public HoldRelease? Release { get; init; }
}
