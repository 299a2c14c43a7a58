namespace CocoonOrleans.Inference.Cuda;

/// <summary>How a <see cref="CudaDecoder"/> computes. None of it but <see cref="HalfCache"/> changes what comes out by more than the order of additions in attention.</summary>
internal sealed record CudaDecoderSettings
{
    /// <summary>Whether decoding steps are recorded as graphs.</summary>
    public bool Graphs { get; init; } = true;

    /// <summary>Positions that one block of threads looks at in attention; a multiple of 16.</summary>
    public int SplitTokens { get; init; } = KernelShape.DefaultSplitTokens;

    /// <summary>Whether keys and values are bfloat16; else float32.</summary>
    public bool HalfCache { get; init; }

    /// <summary>Threads that pack weights.</summary>
    public int Threads { get; init; } = 1;
}
