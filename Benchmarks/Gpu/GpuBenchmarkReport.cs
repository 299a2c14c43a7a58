namespace CocoonOrleans.Benchmarks.Gpu;

/// <summary>All of one run.</summary>
/// <param name="Gpu">The GPU, its driver and compiler.</param>
/// <param name="Model">The model's id.</param>
/// <param name="BandwidthGigabytes">10^9 bytes that our kernel read a second, best of some.</param>
/// <param name="SameBitsTogether">Whether a sequence's logits were the same bits alone and beside others.</param>
/// <param name="SameBitsByGraph">Whether they were the same bits with and without graphs.</param>
/// <param name="Agreements">How far our kernels are from the others.</param>
/// <param name="Rates">How fast they were.</param>
/// <param name="At">When it began.</param>
/// <param name="Notes">What to know about it.</param>
public sealed record GpuBenchmarkReport(
    string Gpu,
    string Model,
    double BandwidthGigabytes,
    bool SameBitsTogether,
    bool SameBitsByGraph,
    IReadOnlyList<GpuAgreement> Agreements,
    IReadOnlyList<GpuRate> Rates,
    DateTimeOffset At,
    IReadOnlyList<string> Notes);
