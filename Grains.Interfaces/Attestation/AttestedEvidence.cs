namespace CocoonOrleans.Grains.Attestation;

/// <summary>What a gateway found of a worker's statement and of what stands behind it. Nothing of it is secret.</summary>
/// <param name="GatewayId">The gateway that verified.</param>
/// <param name="StatementHash">The statement, 64 hex digits.</param>
/// <param name="Tier">The tier at which that gateway takes the worker. No gateway goes by another's word: each verifies for itself.</param>
/// <param name="Assurance"><c>hardware</c>, <c>simulated</c>, or <c>none</c> where there is no quote.</param>
/// <param name="ValidUntil">Until when what was found holds.</param>
/// <param name="ImageId">The image that runs, 64 hex digits; null where none was compared with.</param>
/// <param name="Measurement">MRTD, 96 hex digits; null where there is no quote.</param>
/// <param name="PlatformId">The machine, 64 hex digits; null where there is no quote.</param>
/// <param name="MustDrain">Whether Intel advises to start the TD again.</param>
[GenerateSerializer, Alias("cocoon.AttestedEvidence")]
public sealed record AttestedEvidence(
    [property: Id(0)] string GatewayId,
    [property: Id(1)] string StatementHash,
    [property: Id(2)] string Tier,
    [property: Id(3)] string Assurance,
    [property: Id(4)] DateTimeOffset ValidUntil,
    [property: Id(5)] string? ImageId,
    [property: Id(6)] string? Measurement,
    [property: Id(7)] string? PlatformId,
    [property: Id(8)] bool MustDrain);
