namespace CocoonOrleans.Grains.Attestation;

/// <summary>All revocations at a time.</summary>
/// <param name="Version">Rises with each change.</param>
/// <param name="Revocations">All of them, oldest first.</param>
[GenerateSerializer, Alias("cocoon.RevocationList")]
public sealed record RevocationList([property: Id(0)] long Version, [property: Id(1)] IReadOnlyList<Revocation> Revocations);
