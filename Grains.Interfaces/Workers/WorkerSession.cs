namespace CocoonOrleans.Grains.Workers;

/// <summary>A session that was opened for a worker.</summary>
/// <param name="Epoch">Rises with each new session; a call with a lower one is refused.</param>
[GenerateSerializer, Alias("cocoon.WorkerSession")]
public sealed record WorkerSession([property: Id(0)] long Epoch);
