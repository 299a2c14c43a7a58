namespace CocoonOrleans.Grains.Workers;

/// <summary>A tunnel has ended.</summary>
/// <param name="Epoch">Its session.</param>
/// <param name="TunnelId">The tunnel.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Alias("cocoon.WorkerDisconnect")]
public sealed record WorkerDisconnect([property: Id(0)] long Epoch, [property: Id(1)] Guid TunnelId, [property: Id(2)] string Reason);
