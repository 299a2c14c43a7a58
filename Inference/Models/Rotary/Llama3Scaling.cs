namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>
/// <c>llama3</c> (Llama 3.1's reference code): pairs that turn slowly over the first training's context are slowed by the factor, fast ones stay, and
/// those between are blended.
/// </summary>
/// <param name="Factor">At least 1.</param>
/// <param name="LowFrequencyFactor">Turns in the original context below which a pair is slow.</param>
/// <param name="HighFrequencyFactor">Turns above which it is fast; more than the other.</param>
/// <param name="OriginalContextTokens">Context of the first training.</param>
public sealed record Llama3Scaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalContextTokens) : RotaryScaling
{
    /// <inheritdoc/>
    public override RotaryFrequencies Apply(double[] plain, double rotaryBase, int contextTokens) => new([.. plain.Select(Scale)], 1);

    private double Scale(double frequency)
    {
        var turns = OriginalContextTokens * frequency / Math.Tau;
        var kept = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
        return frequency * ((1 - kept) / Factor + kept);
    }
}
