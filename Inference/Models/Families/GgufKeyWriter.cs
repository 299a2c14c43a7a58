using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Adds keys that begin with the name of an architecture to a GGUF file.</summary>
internal sealed class GgufKeyWriter(GgufFileWriter file, string architecture)
{
    public void Add(string name, int value) => file.Add($"{architecture}.{name}", value);

    public void Add(string name, double value) => file.Add($"{architecture}.{name}", value);

    public void Add(string name, bool value) => file.Add($"{architecture}.{name}", value);

    public void Add(string name, string value) => file.Add($"{architecture}.{name}", value);

    public void Add(string name, IReadOnlyCollection<bool> values) => file.Add($"{architecture}.{name}", values);

    /// <summary>Refuses a model that llama.cpp would compute otherwise than it says itself.</summary>
    /// <param name="field">The field of config.json.</param>
    /// <param name="holds">Whether llama.cpp computes it so.</param>
    /// <param name="otherwise">What it does instead.</param>
    /// <exception cref="ModelFormatException">It does not.</exception>
    public static void Require(string field, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ModelFormatException(DecoderConfig.FileName, field, $"a GGUF file can't say this: {otherwise}");
        }
    }

    /// <summary>The window of layers that have one and layers that see everything in turn; the pattern only where it isn't the usual one.</summary>
    /// <param name="config">The shape, of which at least one layer has a window.</param>
    /// <param name="usual">Whether a layer has a window where the file doesn't say.</param>
    public void AddWindows(DecoderConfig config, Func<int, bool> usual)
    {
        bool[] windowed = [.. config.Windows.Select(window => window > 0)];
        Add("attention.sliding_window", config.Windows.Max());
        if (!windowed.SequenceEqual(Enumerable.Range(0, config.Layers).Select(usual)))
        {
            Add("attention.sliding_window_pattern", windowed);
        }
    }
}
