namespace CocoonOrleans.Inference.Formats;

/// <summary>
/// The keys of a GGUF header. Numbers are kept as <see cref="long"/> or <see cref="double"/>, truth values as <see cref="bool"/>, texts as <see cref="string"/>,
/// and arrays as arrays of these.
/// </summary>
/// <param name="file">The file's name for error messages.</param>
/// <param name="values">Values by key.</param>
public sealed class GgufMetadata(string file, IReadOnlyDictionary<string, object> values)
{
    /// <summary>Whether the file has a key.</summary>
    public bool Has(string key) => values.ContainsKey(key);

    /// <summary>Whether the file has a key, and as a single whole number.</summary>
    public bool IsInteger(string key) => values.GetValueOrDefault(key) is long;

    /// <summary>A text.</summary>
    /// <exception cref="ModelFormatException">It is missing or no text.</exception>
    public string Text(string key) => Find(key) is string text ? text : throw Bad(key, "must be a text");

    /// <summary>A truth value.</summary>
    /// <exception cref="ModelFormatException">It is there, but is none.</exception>
    public bool Flag(string key, bool fallback) => Has(key) ? Find(key) is bool flag ? flag : throw Bad(key, "must be true or false") : fallback;

    /// <summary>A whole number within bounds.</summary>
    /// <param name="key">The key.</param>
    /// <param name="least">Lowest value that is allowed.</param>
    /// <param name="most">Highest.</param>
    /// <param name="fallback">The value where the key is missing, within the same bounds; null: it must be there.</param>
    /// <exception cref="ModelFormatException">It is missing, no whole number, or out of bounds.</exception>
    public int Integer(string key, int least, int most, int? fallback = null)
    {
        var found = fallback is null || Has(key) ? Find(key) as long? : fallback;
        return found is { } number && number >= least && number <= most
            ? (int)number
            : throw Bad(key, $"must be a whole number from {least} to {most}");
    }

    /// <summary>A number above <paramref name="above"/> and at most <paramref name="most"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="above">What it must exceed.</param>
    /// <param name="most">Highest value.</param>
    /// <param name="fallback">The value where the key is missing; null: it must be there.</param>
    /// <exception cref="ModelFormatException">It is missing, no number, or out of bounds.</exception>
    public double Number(string key, double above, double most, double? fallback = null)
    {
        if (fallback is { } value && !Has(key))
        {
            return value;
        }

        return Find(key) is double number && number > above && number <= most
            ? number
            : throw Bad(key, $"must be a number above {above} and up to {most}");
    }

    /// <summary>A list of texts.</summary>
    /// <exception cref="ModelFormatException">It is missing or no such list.</exception>
    public IReadOnlyList<string> Texts(string key) => Find(key) as string[] ?? throw Bad(key, "must be a list of texts");

    /// <summary>A list of numbers with a point.</summary>
    /// <exception cref="ModelFormatException">It is missing or no such list.</exception>
    public IReadOnlyList<double> Numbers(string key) => Find(key) as double[] ?? throw Bad(key, "must be a list of numbers");

    /// <summary>A list of whole numbers.</summary>
    /// <exception cref="ModelFormatException">It is missing or no such list.</exception>
    public IReadOnlyList<long> Integers(string key) => Find(key) as long[] ?? throw Bad(key, "must be a list of whole numbers");

    /// <summary>A list of truth values; whole numbers count as true unless they are 0.</summary>
    /// <exception cref="ModelFormatException">It is missing or no such list.</exception>
    public IReadOnlyList<bool> Flags(string key) => Find(key) switch
    {
        bool[] flags => flags,
        long[] numbers => [.. numbers.Select(number => number != 0)],
        _ => throw Bad(key, "must be a list of truth values"),
    };

    /// <summary>The error that names a key.</summary>
    public ModelFormatException Bad(string key, string reason) => new(file, key, reason);

    private object Find(string key) => values.GetValueOrDefault(key) ?? throw Bad(key, "is missing");
}
