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
    /// <param name="tied">Whether the output layer is the embedding.</param>
    /// <exception cref="ModelFormatException">There is one.</exception>
    public void RefuseUnknown(bool tied)
    {
        // Older files carry the rotary frequencies along, and some a copy of the tied output layer: both follow from the rest.
        var unknown = weights.Keys.FirstOrDefault(name => !_used.Contains(name) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) && !(tied && name == "lm_head.weight"));
        if (unknown is not null)
        {
            throw new ModelFormatException("weights", unknown, "is no part of the decoder that the model's configuration describes");
        }
    }
}
