namespace CocoonOrleans.Grains.Workers;

/// <summary>A lease, or why there is none.</summary>
/// <param name="LeaseId">Names the lease to the worker and in the release; null where it was refused.</param>
/// <param name="Refusal">Why not; <see cref="LeaseRefusal.None"/> where it was granted.</param>
[GenerateSerializer, Alias("cocoon.LeaseResult")]
public sealed record LeaseResult([property: Id(0)] Guid? LeaseId, [property: Id(1)] LeaseRefusal Refusal);
