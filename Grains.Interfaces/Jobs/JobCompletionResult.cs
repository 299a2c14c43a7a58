using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>The outcome of completing a job.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Captured">What the client paid in all; the first result where the call is a repeat.</param>
/// <param name="WorkerLeg">What the provider earned of it.</param>
/// <param name="CommissionLeg">What the network kept of it.</param>
/// <param name="InvalidField">The field of the call that breaks a rule; null where none does.</param>
[GenerateSerializer, Alias("cocoon.JobCompletionResult")]
public sealed record JobCompletionResult(
    [property: Id(0)] JobCompletionStatus Status,
    [property: Id(1)] Nano Captured,
    [property: Id(2)] Nano WorkerLeg,
    [property: Id(3)] Nano CommissionLeg,
    [property: Id(4)] string? InvalidField = null);
