namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>
/// <c>longrope</c> (arXiv:2402.13753; Phi-3 with 128k tokens): each pair has a divisor of its own, of one list for contexts up to the first training's, of
/// another beyond. Which one holds is decided once, by the context that is served, as llama.cpp and vLLM do it: a sequence that outgrows the first list
/// while it runs would have to be computed again from its start.
/// </summary>
/// <param name="Short">Divisors within the original context, one for each pair.</param>
/// <param name="Long">Divisors beyond.</param>
/// <param name="OriginalContextTokens">Context of the first training.</param>
/// <param name="Magnitude">What cosines and sines are multiplied with, with either list.</param>
public sealed record LongRopeScaling(IReadOnlyList<double> Short, IReadOnlyList<double> Long, int OriginalContextTokens, double Magnitude) : RotaryScaling
{
    /// <summary>The magnitude of models that name none.</summary>
    /// <param name="contextTokens">Their whole context.</param>
    /// <param name="originalContextTokens">That of the first training.</param>
    public static double UsualMagnitude(int contextTokens, int originalContextTokens)
        => contextTokens <= originalContextTokens ? 1 : Math.Sqrt(1 + Math.Log((double)contextTokens / originalContextTokens) / Math.Log(originalContextTokens));

    /// <inheritdoc/>
    public override RotaryFrequencies Apply(double[] plain, double rotaryBase, int contextTokens)
    {
        var divisors = contextTokens > OriginalContextTokens ? Long : Short;
        return new([.. plain.Select((frequency, pair) => frequency / divisors[pair])], Magnitude);
    }
}
