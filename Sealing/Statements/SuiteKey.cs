using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Sealing.Statements;

/// <summary>A public key to which can be sealed.</summary>
/// <param name="Suite">Its suite; may be one that we don't know.</param>
/// <param name="PublicKey">Its bytes.</param>
public sealed record SuiteKey(SealingSuite Suite, ReadOnlyMemory<byte> PublicKey);
