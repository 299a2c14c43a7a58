namespace CocoonOrleans.Attestation.Images;

/// <summary>A shape of virtual machine that an image runs in: RTMR0 moves with memory, processors and devices.</summary>
/// <param name="Name">For people.</param>
/// <param name="Rtmr0">What RTMR0 is then, 48 bytes.</param>
public sealed record VmShape(string Name, ReadOnlyMemory<byte> Rtmr0);
