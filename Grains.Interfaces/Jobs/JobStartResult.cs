using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>The outcome of starting a job.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Held">The amount held; zero where nothing is.</param>
/// <param name="Shortfall">What was missing, where the balance is too small.</param>
/// <param name="Existing">The earlier job with this id, where there is one.</param>
/// <param name="InvalidField">The field of the call that breaks a bound; null where none does.</param>
/// <param name="Channel">The channel that was to pay; null where none was, or it is not known.</param>
[GenerateSerializer, Alias("cocoon.JobStartResult")]
public sealed record JobStartResult(
    [property: Id(0)] JobStartStatus Status,
    [property: Id(1)] Nano Held,
    [property: Id(2)] Nano Shortfall,
    [property: Id(3)] JobView? Existing,
    [property: Id(4)] string? InvalidField = null,
    [property: Id(5)] ClientChannelView? Channel = null);
