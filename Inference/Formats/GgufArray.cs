namespace CocoonOrleans.Inference.Formats;

/// <summary>An array of a GGUF header, of which nothing is kept but its length.</summary>
/// <param name="Length">How many values it has.</param>
public sealed record GgufArray(long Length);
