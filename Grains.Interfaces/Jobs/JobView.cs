using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>A job as its hold in the ledger tells it.</summary>
/// <param name="JobId">The job.</param>
/// <param name="State">What became of the hold.</param>
/// <param name="Model">The model's public name.</param>
/// <param name="Held">The amount that was held.</param>
/// <param name="Captured">What was captured; zero where nothing was.</param>
/// <param name="Usage">What was billed; empty until captured.</param>
/// <param name="WorkerId">Who served it; null until captured.</param>
/// <param name="CreatedAt">When the hold was placed.</param>
/// <param name="SettledAt">When it was captured or released.</param>
[GenerateSerializer, Alias("cocoon.JobView")]
public sealed record JobView(
    [property: Id(0)] Guid JobId,
    [property: Id(1)] JobState State,
    [property: Id(2)] string Model,
    [property: Id(3)] Nano Held,
    [property: Id(4)] Nano Captured,
    [property: Id(5)] TokenUsage Usage,
    [property: Id(6)] string? WorkerId,
    [property: Id(7)] DateTimeOffset CreatedAt,
    [property: Id(8)] DateTimeOffset? SettledAt);
