namespace CocoonOrleans.Attestation.Images;

/// <summary>A file of an image, so that whoever builds it again can compare.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sha256">Its hash, 32 bytes.</param>
public sealed record ImageFile(string Name, ReadOnlyMemory<byte> Sha256);
