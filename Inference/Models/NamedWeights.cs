using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>A model's weights, as whoever makes a decoder out of them asks for them: each by its name, in the shape that the configuration says.</summary>
internal sealed class NamedWeights(IReadOnlyDictionary<string, WeightTensor> weights)
{
    private readonly HashSet<string> _used = [];

    /// <summary>Finds one.</summary>
    /// <exception cref="ModelFormatException">It is missing or has another shape.</exception>
    public WeightTensor Find(string name, params ReadOnlySpan<int> shape)
    {
        if (!weights.TryGetValue(name, out var tensor))
        {
            throw new ModelFormatException("weights", name, $"is missing; the model's configuration asks for a tensor of shape [{string.Join(", ", shape.ToArray())}]");
        }

        if (!shape.SequenceEqual([.. tensor.Shape]))
        {
            throw new ModelFormatException(
                "weights", name, $"has the shape [{string.Join(", ", tensor.Shape)}], but the model's configuration asks for [{string.Join(", ", shape.ToArray())}]");
        }

        _used.Add(name);
        return tensor;
    }

    /// <summary>Refuses weights that nobody asked for.</summary>
    /// <param name="mayStay">Whether a tensor may be there without being used.</param>
    /// <exception cref="ModelFormatException">There is another one.</exception>
    public void RefuseUnknown(Func<string, bool> mayStay)
    {
        if (weights.Keys.FirstOrDefault(name => !_used.Contains(name) && !mayStay(name)) is { } unknown)
        {
            throw new ModelFormatException("weights", unknown, "is no part of what the model's configuration describes");
        }
    }
}
