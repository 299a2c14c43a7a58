namespace CocoonOrleans.Inference.Engines;

/// <summary>Makes vectors of the length that is asked for.</summary>
internal static class VectorScale
{
    /// <summary>The first numbers of a vector, brought to length 1.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="dimensions">How many of its numbers.</param>
    /// <returns>Null where they are not all finite, or all zero: such a vector has no direction.</returns>
    public static float[]? ToUnit(ReadOnlySpan<double> vector, int dimensions)
    {
        var squares = 0.0;
        foreach (var number in vector[..dimensions])
        {
            squares += number * number;
        }

        var length = Math.Sqrt(squares);
        if (!double.IsFinite(length) || length == 0)
        {
            return null;
        }

        var unit = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
        {
            unit[i] = (float)(vector[i] / length);
        }

        return unit;
    }
}
