namespace CocoonOrleans.Inference.Formats;

/// <summary>How a stored weight is written. Every one of them converts to float32 without loss.</summary>
public enum WeightType
{
    /// <summary>IEEE 754 binary32, 4 bytes.</summary>
    Float32,

    /// <summary>The upper half of a binary32, 2 bytes.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary16, 2 bytes.</summary>
    Float16,
}
