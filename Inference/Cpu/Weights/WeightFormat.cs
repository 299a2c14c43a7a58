namespace CocoonOrleans.Inference.Cpu.Weights;

/// <summary>How a <see cref="WeightMatrix"/> keeps its weights.</summary>
internal enum WeightFormat
{
    /// <summary>32 bits a weight.</summary>
    Float32,

    /// <summary>16 bits a weight: the upper half of a float, rounded to nearest even.</summary>
    BFloat16,

    /// <summary>8.5 bits a weight: from -127 to 127, times a bfloat16 scale for each 32 columns of a row.</summary>
    Int8,

    /// <summary>4.5 bits a weight: from -8 to 7, times a bfloat16 scale for each 32 columns of a row.</summary>
    Int4,
}
