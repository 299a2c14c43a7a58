namespace CocoonOrleans.WorkerHost.Gpus;

/// <summary>NVML's <c>nvmlConfComputeSystemState_t</c>.</summary>
/// <param name="Environment">0 unavailable, 1 simulation, 2 production.</param>
/// <param name="Feature">0 off, 1 on: whether GPUs protect what they compute.</param>
/// <param name="DevelopmentTools">0 off, 1 on: whether a debugger may look into them all the same.</param>
internal readonly record struct ConfidentialState(uint Environment, uint Feature, uint DevelopmentTools)
{
    /// <summary>The only environment that protects anything.</summary>
    public const uint Production = 2;

    /// <summary>Why text would not be safe on these GPUs, and what to do; null where it is.</summary>
    public string? Fault =>
        Feature == 0 ? "confidential computing is off on the GPUs; turn it on at the host (nvidia-smi conf-compute -f) and start the TD again"
        : DevelopmentTools != 0 ? "the GPUs are in development mode, in which a debugger sees what they compute; turn it off at the host and start the TD again"
        : Environment != Production ? $"the GPUs' confidential computing is no production environment ({Environment}); use production GPUs"
        : null;
}
