namespace CocoonOrleans.Cli.Benchmarks;

/// <summary>How far our kernels' logits are from another decoder's.</summary>
/// <param name="Reference">The other one.</param>
/// <param name="LargestLogitDifference">The most that a logit differs.</param>
/// <param name="Divergence">Mean of KL(reference || ours), in nats.</param>
/// <param name="SameBest">Part of the positions with the same best token, 0 to 1.</param>
/// <param name="Positions">How many were looked at.</param>
public sealed record GpuBenchAgreement(string Reference, double LargestLogitDifference, double Divergence, double SameBest, int Positions);
