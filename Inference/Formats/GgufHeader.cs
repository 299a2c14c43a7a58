namespace CocoonOrleans.Inference.Formats;

/// <summary>What stands before the weights of a GGUF file.</summary>
/// <param name="Metadata">The keys and their values.</param>
/// <param name="Tensors">The tensors, in the order of their bytes.</param>
/// <param name="Alignment">Each tensor starts at a multiple of so many bytes.</param>
/// <param name="DataStart">Where the data start, in bytes from the start of the file.</param>
public sealed record GgufHeader(GgufMetadata Metadata, IReadOnlyList<GgufTensorInfo> Tensors, int Alignment, long DataStart);
