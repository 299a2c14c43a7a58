namespace CocoonOrleans.Grains.Workers;

/// <summary>Asks for one slot.</summary>
/// <param name="JobId">The job; repeating the request for it returns the same lease.</param>
/// <param name="Epoch">The session that the gateway has a tunnel to.</param>
/// <param name="ManifestSha256">The model.</param>
/// <param name="ExpiresAt">After this the slot is free again, whatever happened to the gateway.</param>
/// <param name="TunnelId">The tunnel that the job goes through: when it ends, so do job and lease.</param>
[GenerateSerializer, Alias("cocoon.LeaseRequest")]
public sealed record LeaseRequest(
    [property: Id(0)] Guid JobId,
    [property: Id(1)] long Epoch,
    [property: Id(2)] string ManifestSha256,
    [property: Id(3)] DateTimeOffset ExpiresAt,
    [property: Id(4)] Guid TunnelId);
