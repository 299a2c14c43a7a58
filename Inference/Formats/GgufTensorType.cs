namespace CocoonOrleans.Inference.Formats;

/// <summary>How a tensor of a GGUF file is written; the numbers are those of the file format (github.com/ggml-org/ggml, <c>enum ggml_type</c>).</summary>
public enum GgufTensorType : uint
{
    /// <summary>IEEE 754 binary32.</summary>
    F32 = 0,

    /// <summary>IEEE 754 binary16.</summary>
    F16 = 1,

    /// <summary>Blocks of 32: one scale, 4 bits a weight.</summary>
    Q4_0 = 2,

    /// <summary>Blocks of 32: one scale, 8 bits a weight.</summary>
    Q8_0 = 8,

    /// <summary>Blocks of 256: eight groups of 32 with a scale and a minimum of 6 bits each, 4 bits a weight.</summary>
    Q4_K = 12,

    /// <summary>Blocks of 256: sixteen groups of 16 with a scale of 8 bits each, 6 bits a weight.</summary>
    Q6_K = 14,

    /// <summary>The upper half of a binary32.</summary>
    BF16 = 30,
}
