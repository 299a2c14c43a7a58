namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>How a model stretches its rotary frequencies for long contexts; the words are those of Hugging Face's <c>rope_scaling</c>.</summary>
public abstract record RotaryScaling
{
    /// <summary>The stretched frequencies.</summary>
    /// <param name="plain">The frequencies without scaling, highest first.</param>
    /// <param name="rotaryBase">Their base.</param>
    /// <param name="contextTokens">Highest number of positions that will be computed.</param>
    public abstract RotaryFrequencies Apply(double[] plain, double rotaryBase, int contextTokens);
}
