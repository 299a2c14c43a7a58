using CocoonOrleans.Inference.Models.Families;

namespace CocoonOrleans.Inference.Models;

/// <summary>How GGUF files say it, by llama.cpp's enum <c>llama_pooling_type</c>: 0 is none, 4 ranks pairs of texts.</summary>
internal static class GgufPooling
{
    /// <summary>The key, behind the architecture's name.</summary>
    public const string Key = "pooling_type";

    private static readonly Dictionary<int, Pooling> Known = new() { [1] = Pooling.Mean, [2] = Pooling.Cls, [3] = Pooling.Last };

    /// <summary>What a file says; null where it says none or nothing.</summary>
    /// <exception cref="Formats.ModelFormatException">It says something that is not computed.</exception>
    public static Pooling? Read(GgufKeys keys)
    {
        var number = keys.Integer(Key, 0, 4, 0);
        return number == 0 ? null : Known.TryGetValue(number, out var pooling) ? pooling : throw keys.Bad(Key, $"{number} is not supported");
    }

    /// <summary>The number of a pooling.</summary>
    public static int NumberOf(Pooling pooling) => Known.Single(pair => pair.Value == pooling).Key;
}
