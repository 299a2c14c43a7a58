namespace CocoonOrleans.Grains.Attestation;

/// <summary>What the network knows of a worker's evidence.</summary>
/// <param name="Evidence">The newest that a gateway verified.</param>
/// <param name="VerifiedAt">When it was recorded.</param>
/// <param name="RelaunchAdvisedSince">When a relaunch was first seen to be advised; null where it is not.</param>
[GenerateSerializer, Alias("cocoon.AttestedSessionView")]
public sealed record AttestedSession([property: Id(0)] AttestedEvidence Evidence, [property: Id(1)] DateTimeOffset VerifiedAt, [property: Id(2)] DateTimeOffset? RelaunchAdvisedSince);
