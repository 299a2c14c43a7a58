namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>
/// <c>yarn</c> (arXiv:2309.00071): as <see cref="Llama3Scaling"/>, but blended evenly from pair to pair, and attention is made sharper with the factor.
/// </summary>
/// <param name="Factor">At least 1.</param>
/// <param name="OriginalContextTokens">Context of the first training.</param>
/// <param name="FastTurns">Turns in the original context above which a pair stays as it is; <c>beta_fast</c>.</param>
/// <param name="SlowTurns">Turns below which it is slowed by the whole factor; <c>beta_slow</c>.</param>
/// <param name="Magnitude">What cosines and sines are multiplied with; null for the paper's 1 + 0.1 ln(factor).</param>
public sealed record YarnScaling(double Factor, int OriginalContextTokens, double FastTurns, double SlowTurns, double? Magnitude) : RotaryScaling
{
    /// <summary>The paper's <c>beta_fast</c> for models that name none.</summary>
    public const double UsualFastTurns = 32;

    /// <summary>The paper's <c>beta_slow</c>.</summary>
    public const double UsualSlowTurns = 1;

    // The reference code's way around a division by zero.
    private const double LeastWidth = 0.001;

    /// <summary>The paper's magnitude for this factor.</summary>
    public double UsualMagnitude => 1 + 0.1 * Math.Log(Factor);

    /// <inheritdoc/>
    public override RotaryFrequencies Apply(double[] plain, double rotaryBase, int contextTokens)
    {
        var size = 2 * plain.Length;
        var first = Math.Max(0, Math.Floor(PairOf(FastTurns, size, rotaryBase)));
        var last = Math.Min(size - 1, Math.Ceiling(PairOf(SlowTurns, size, rotaryBase)));
        var width = Math.Max(LeastWidth, last - first);
        return new([.. plain.Select((frequency, pair) => Blend(frequency, Math.Clamp((pair - first) / width, 0, 1)))], Magnitude ?? UsualMagnitude);
    }

    private double Blend(double frequency, double slowed) => frequency * (slowed / Factor + 1 - slowed);

    /// <summary>The pair, as a fraction, that turns so often in the original context.</summary>
    private double PairOf(double turns, int size, double rotaryBase)
        => size * Math.Log(OriginalContextTokens / (turns * Math.Tau)) / (2 * Math.Log(rotaryBase));
}
