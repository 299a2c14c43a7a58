using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Inference.Native;

/// <summary>Makes one vector of the states of an input's tokens, which may come in pieces.</summary>
/// <param name="pooling">How.</param>
/// <param name="size">Numbers of a state.</param>
/// <param name="dimensions">Numbers of the vector, the first ones.</param>
internal sealed class VectorPool(Pooling pooling, int size, int dimensions)
{
    // Made when the first state comes: many inputs may wait.
    private double[]? _sum;

    /// <summary>Whether the last token's state is all that it takes.</summary>
    public bool TakesLastOnly => pooling == Pooling.Last;

    /// <summary>Takes the next states.</summary>
    public void Take(ReadOnlySpan<float> states)
    {
        for (; states.Length > 0; states = states[size..])
        {
            if (_sum is not null && pooling == Pooling.Cls)
            {
                return;
            }

            _sum ??= new double[size];
            for (var i = 0; i < size; i++)
            {
                _sum[i] += states[i];
            }
        }
    }

    /// <summary>The vector, of length 1; null where it has no direction. What was taken is forgotten.</summary>
    public float[]? ToVector()
    {
        if (_sum is null)
        {
            return null;
        }

        // A sum points where the mean does.
        var vector = VectorScale.ToUnit(_sum, dimensions);
        Array.Clear(_sum);
        return vector;
    }
}
