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

    /// <summary>Whole numbers, 8 bytes: the list of positions from 0 up that older encoders carry along. None is ever too large for a float32.</summary>
    Int64,
}
