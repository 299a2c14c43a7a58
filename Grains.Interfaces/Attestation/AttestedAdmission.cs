namespace CocoonOrleans.Grains.Attestation;

/// <summary>What the network says to evidence that a gateway has verified.</summary>
/// <param name="Revoked">The revocation that names worker, machine, image or measurement; null where the worker may serve.</param>
/// <param name="RelaunchAdvisedSince">When a relaunch of the worker's TD was first seen to be advised, by any gateway; null where it is not.</param>
[GenerateSerializer, Alias("cocoon.AttestedAdmission")]
public sealed record AttestedAdmission([property: Id(0)] Revocation? Revoked, [property: Id(1)] DateTimeOffset? RelaunchAdvisedSince);
