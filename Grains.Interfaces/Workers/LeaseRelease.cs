namespace CocoonOrleans.Grains.Workers;

/// <summary>Gives a slot back.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="JobId">Its job.</param>
/// <param name="Outcome">How it went.</param>
[GenerateSerializer, Alias("cocoon.LeaseRelease")]
public sealed record LeaseRelease([property: Id(0)] Guid LeaseId, [property: Id(1)] Guid JobId, [property: Id(2)] LeaseOutcome Outcome);
