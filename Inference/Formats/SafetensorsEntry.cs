namespace CocoonOrleans.Inference.Formats;

/// <summary>One tensor that a safetensors header describes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its weights are stored.</param>
/// <param name="Shape">Its shape, outermost dimension first; empty for a single number.</param>
/// <param name="Start">Where its bytes start, counted from the end of the header.</param>
/// <param name="Elements">The product of its shape: how many weights it has.</param>
public sealed record SafetensorsEntry(string Name, WeightType Type, IReadOnlyList<int> Shape, long Start, int Elements)
{
    /// <summary>Bytes that it takes in the file.</summary>
    public long Length => (long)Elements * Type.Size();

    /// <summary>Where its bytes end, counted from the end of the header.</summary>
    public long End => Start + Length;
}
