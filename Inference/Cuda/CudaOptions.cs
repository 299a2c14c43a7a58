namespace CocoonOrleans.Inference.Cuda;

/// <summary>Settings of our own CUDA kernels.</summary>
public sealed record CudaOptions
{
    /// <summary>Path of NVIDIA's compiler library <c>libnvrtc</c>. Null: the loader's search path, by the names of its versions 11.2 to 13.</summary>
    public string? NvrtcLibrary { get; init; }

    /// <summary>
    /// Whether compiled kernels are kept for the next start. They are code: only the owner may write their folder. Turn it off where somebody else owns the disk.
    /// </summary>
    public bool KeepKernels { get; init; } = true;

    /// <summary>Folder for compiled kernels. Null: <c>$XDG_CACHE_HOME/cocoon/cuda</c>, else <c>~/.cache/cocoon/cuda</c>.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>
    /// Whether keys and values are bfloat16, which halves their memory; else float32. Then log-probabilities are further from those of other workers of the same model than an
    /// audit allows: for the house model 0.004 nats on average, where 0.002 is allowed.
    /// </summary>
    public bool HalfCache { get; init; }

    /// <summary>Whether decoding steps of up to 16 sequences are recorded once and then launched as one CUDA graph.</summary>
    public bool Graphs { get; init; } = true;
}
