namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>One divisor for each pair: what GGUF files hold in place of <see cref="Llama3Scaling"/>, as <c>rope_freqs.weight</c>.</summary>
/// <param name="Divisors">One for each pair.</param>
public sealed record FrequencyDivisors(IReadOnlyList<double> Divisors) : RotaryScaling
{
    /// <inheritdoc/>
    public override RotaryFrequencies Apply(double[] plain, double rotaryBase, int contextTokens)
        => new([.. plain.Select((frequency, pair) => frequency / Divisors[pair])], 1);
}
