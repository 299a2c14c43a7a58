using CocoonOrleans.Attestation.Gpus;

namespace CocoonOrleans.WorkerHost.Gpus;

/// <summary>What the GPUs of this machine showed.</summary>
/// <param name="Evidence">The evidence; null where there is none.</param>
/// <param name="Reason">Why there is none, and what to do; null where there is.</param>
internal sealed record GpuCollection(GpuEvidence? Evidence, string? Reason)
{
    /// <summary>There is none.</summary>
    public static GpuCollection None(string reason) => new(null, reason);
}
