using System.Globalization;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>The table behind NFC, NFKC, NFD and NFKD, from <c>UnicodeForms.txt</c> (made by <c>generate.mjs</c>). Read once, then immutable.</summary>
internal sealed class UnicodeForms
{
    private readonly Dictionary<int, int> _ranks = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int First, int Second), int> _composites = [];
    private readonly HashSet<int> _unstable = [];

    private UnicodeForms(TextReader table)
    {
        while (table.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] != "#")
            {
                Add(words[0], Array.ConvertAll(words[1..], word => int.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
            }
        }

        _unstable.UnionWith(_ranks.Keys);
        _unstable.UnionWith(_canonical.Keys.Except(_composites.Values));
        _unstable.UnionWith(_composites.Keys.Select(pair => pair.Second));
    }

    public static UnicodeForms Table { get; } = Load();

    /// <summary>Order of a combining mark among the marks after one letter; 0 for everything that isn't reordered.</summary>
    public int RankOf(int codePoint) => _ranks.GetValueOrDefault(codePoint);

    public int[]? Decompose(int codePoint, bool compatible) =>
        compatible && _compatible.TryGetValue(codePoint, out var parts) ? parts : _canonical.GetValueOrDefault(codePoint);

    public int? Compose(int first, int second) => _composites.TryGetValue((first, second), out var composite) ? composite : null;

    /// <summary>Whether a text with this character may differ from its NFC or NFKC.</summary>
    public bool MayChange(int codePoint, bool compatible) => _unstable.Contains(codePoint) || (compatible && _compatible.ContainsKey(codePoint));

    private static UnicodeForms Load()
    {
        using var table = new StreamReader(typeof(UnicodeForms).Assembly.GetManifestResourceStream("UnicodeForms.txt")!);
        return new UnicodeForms(table);
    }

    private void Add(string kind, int[] values)
    {
        switch (kind)
        {
            case "c":
                foreach (var codePoint in values[1..])
                {
                    _ranks[codePoint] = values[0];
                }

                break;
            case "d":
                _canonical[values[0]] = values[1..];
                break;
            case "k":
                _compatible[values[0]] = values[1..];
                break;
            default:
                _composites[(values[1], values[2])] = values[0];
                break;
        }
    }
}
