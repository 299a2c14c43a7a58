namespace CocoonOrleans.Inference.Engines;

/// <summary>
/// How far two honest computations of the same tokens may be apart. Other hardware and other orders of summation change the last bits of logits; another
/// model, coarser weights or another prompt change much more.
/// </summary>
/// <param name="MeanLogprob">Most that the log-probabilities may differ on average, in nats.</param>
/// <param name="LargestLogprob">Most that one of them may differ.</param>
/// <param name="WrongDraws">Part of the tokens that repeated draws may choose otherwise, 0 to 1, near ties not counted.</param>
public sealed record AuditTolerance(double MeanLogprob, double LargestLogprob, double WrongDraws)
{
    /// <summary>
    /// For float32 and bfloat16 weights on any two machines: 0.002 nats on average, 0.05 at one token, one draw in a hundred. int8 weights of the house model are more
    /// than twice as far from its own on average in each answer of <c>Tests/Inference/Native/NativeEngineAuditTests.cs</c>.
    /// </summary>
    public static AuditTolerance Default { get; } = new(0.002, 0.05, 0.01);
}
