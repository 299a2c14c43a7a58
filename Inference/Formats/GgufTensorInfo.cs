namespace CocoonOrleans.Inference.Formats;

/// <summary>What a GGUF header says of a tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How it is stored.</param>
/// <param name="Shape">Its shape, outermost dimension first (the file has it the other way round).</param>
/// <param name="Start">Where it starts, in bytes from the start of the data.</param>
/// <param name="Elements">The product of the shape.</param>
public sealed record GgufTensorInfo(string Name, GgufTensorType Type, IReadOnlyList<int> Shape, long Start, int Elements)
{
    /// <summary>Bytes that it takes.</summary>
    public long Length => (long)Elements / Type.BlockElements() * Type.BlockBytes();
}
