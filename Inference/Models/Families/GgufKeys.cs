using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models.Families;

/// <summary>The keys of a GGUF header that begin with the name of its architecture, without that name.</summary>
internal sealed class GgufKeys(GgufMetadata metadata, string architecture)
{
    public bool Has(string name) => metadata.Has(Key(name));

    public int Integer(string name, int least, int most, int? fallback = null) => metadata.Integer(Key(name), least, most, fallback);

    public double Number(string name, double above, double most, double? fallback) => metadata.Number(Key(name), above, most, fallback);

    public string? Text(string name) => Has(name) ? metadata.Text(Key(name)) : null;

    /// <summary>The windows of layers that have one and layers that see everything in turn.</summary>
    /// <param name="layers">Number of layers.</param>
    /// <param name="window">The window.</param>
    /// <param name="usualPeriod">After how many layers the turn begins again, where the file doesn't say.</param>
    /// <param name="rule">Whether a layer has a window, by the period.</param>
    public IReadOnlyList<int> Windows(int layers, int window, int usualPeriod, Func<int, int, bool> rule)
    {
        const string Name = "attention.sliding_window_pattern";
        if (Has(Name) && !metadata.IsInteger(Key(Name)))
        {
            var flags = metadata.Flags(Key(Name));
            return flags.Count == layers ? [.. flags.Select(flag => flag ? window : 0)] : throw Bad(Name, $"has {flags.Count} values for {layers} layers");
        }

        // 0: every layer has a window.
        var period = Integer(Name, 0, 1_024, usualPeriod);
        return [.. Enumerable.Range(0, layers).Select(layer => period == 0 || rule(layer, period) ? window : 0)];
    }

    /// <summary>Refuses what changes the sums and is not computed.</summary>
    public void RefuseAny(params IEnumerable<string> names)
    {
        if (names.FirstOrDefault(Has) is { } found)
        {
            throw Bad(found, "is not supported");
        }
    }

    public void Require(string name, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Bad(name, otherwise);
        }
    }

    public ModelFormatException Bad(string name, string reason) => metadata.Bad(Key(name), reason);

    public string Key(string name) => $"{architecture}.{name}";
}
