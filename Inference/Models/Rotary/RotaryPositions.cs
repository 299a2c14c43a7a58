namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>Rotary positions of some layers (arXiv:2104.09864, in the form that turns a head's first half against its second).</summary>
/// <param name="Base">Base of the frequencies.</param>
/// <param name="Scaling">What stretches them for contexts longer than the model was trained with; null for nothing.</param>
public sealed record RotaryPositions(double Base, RotaryScaling? Scaling = null)
{
    /// <summary>The frequencies.</summary>
    /// <param name="size">How many numbers of a head turn; even.</param>
    /// <param name="contextTokens">Highest number of positions that will be computed.</param>
    public RotaryFrequencies For(int size, int contextTokens)
    {
        // In double: at position 100,000 a float32 angle is already off in its third digit.
        double[] plain = [.. Enumerable.Range(0, size / 2).Select(pair => Math.Pow(Base, -2.0 * pair / size))];
        return Scaling?.Apply(plain, Base, contextTokens) ?? new RotaryFrequencies(plain, 1);
    }
}
