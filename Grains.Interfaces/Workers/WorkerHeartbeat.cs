namespace CocoonOrleans.Grains.Workers;

/// <summary>A worker's load as its engine reports it.</summary>
/// <param name="Epoch">The session.</param>
/// <param name="TunnelId">The tunnel it came through.</param>
/// <param name="Running">Requests running now.</param>
/// <param name="Queued">Requests waiting in the engine.</param>
/// <param name="TokensPerSecond">Tokens generated in the last second over all requests.</param>
/// <param name="Draining">The worker finishes what it runs and takes no more.</param>
[GenerateSerializer, Alias("cocoon.WorkerHeartbeat")]
public sealed record WorkerHeartbeat(
    [property: Id(0)] long Epoch,
    [property: Id(1)] Guid TunnelId,
    [property: Id(2)] int Running,
    [property: Id(3)] int Queued,
    [property: Id(4)] double TokensPerSecond,
    [property: Id(5)] bool Draining);
