namespace CocoonOrleans.Sealing.Releases;

/// <summary>A share, sealed.</summary>
/// <param name="Encapsulation">HPKE's encapsulation.</param>
/// <param name="Sealed">The sealed share.</param>
public sealed record ReleaseAnswer(byte[] Encapsulation, byte[] Sealed);
