namespace CocoonOrleans.Grains.Sweeping;

/// <summary>What a sweep did.</summary>
/// <param name="ReleasedHolds">Expired holds that were released.</param>
/// <param name="DrainedEvents">Outbox rows that were taken into the statements.</param>
[GenerateSerializer, Alias("cocoon.SweepResult")]
public sealed record SweepResult([property: Id(0)] int ReleasedHolds, [property: Id(1)] int DrainedEvents);
