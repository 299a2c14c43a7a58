namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary><c>linear</c>: every position counts as a fraction of itself (arXiv:2306.15595).</summary>
/// <param name="Factor">At least 1.</param>
public sealed record LinearScaling(double Factor) : RotaryScaling
{
    /// <inheritdoc/>
    public override RotaryFrequencies Apply(double[] plain, double rotaryBase, int contextTokens)
        => new([.. plain.Select(frequency => frequency / Factor)], 1);
}
