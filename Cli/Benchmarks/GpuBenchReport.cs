namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>The JSON object of <c>cocoon bench gpu</c>.</summary>
/// <param name="Gpu">The GPU, its driver and compiler.</param>
/// <param name="Model">The model's id.</param>
/// <param name="BandwidthGigabytes">10^9 bytes that the GPU read from its memory a second.</param>
/// <param name="SameBitsTogether">Whether a sequence's logits were the same bits alone and beside others.</param>
/// <param name="SameBitsByGraph">Whether they were the same bits with and without CUDA graphs.</param>
/// <param name="Agreements">How far our kernels' logits are from those of others.</param>
/// <param name="Rates">How fast they were.</param>
/// <param name="At">When it began.</param>
/// <param name="Notes">What to know about it.</param>
public sealed record GpuBenchReport(
    string Gpu,
    string Model,
    double BandwidthGigabytes,
    bool SameBitsTogether,
    bool SameBitsByGraph,
    IReadOnlyList<GpuBenchAgreement> Agreements,
    IReadOnlyList<GpuBenchRate> Rates,
    DateTimeOffset At,
    IReadOnlyList<string> Notes);
