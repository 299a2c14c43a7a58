using System.Numerics;

namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>A number that never falls again: what is older than that has been seen before.</summary>
/// <param name="Name">What it is of; at most 200 characters, without blanks. Another root has other names.</param>
/// <param name="Number">The highest that was seen, not negative.</param>
public sealed record CollateralFloor(string Name, BigInteger Number);
