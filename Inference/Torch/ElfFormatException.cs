namespace CocoonOrleans.Inference.Torch;

/// <summary>A file is not the 64-bit little-endian ELF library that <see cref="ElfVersionNeed"/> reads. The message names the field.</summary>
public sealed class ElfFormatException(string message) : Exception(message);
