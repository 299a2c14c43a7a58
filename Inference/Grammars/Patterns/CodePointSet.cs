namespace CocoonOrleans.Inference.Grammars.Patterns;

/// <summary>A set of Unicode scalar values: ordered ranges that neither overlap nor touch. Surrogates are never in it. Immutable.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    private readonly List<(int Low, int High)> _ranges = [];

    private CodePointSet(IEnumerable<(int Low, int High)> ranges)
    {
        foreach (var (low, high) in ranges.OrderBy(range => range.Low))
        {
            Add(low, Math.Min(high, FirstSurrogate - 1));
            Add(Math.Max(low, LastSurrogate + 1), high);
        }
    }

    /// <summary>All scalar values.</summary>
    public static CodePointSet All { get; } = Of((0, Last));

    /// <summary>The ranges.</summary>
    public IReadOnlyList<(int Low, int High)> Ranges => _ranges;

    /// <summary>Whatever lies in one of these ranges, bounds included.</summary>
    public static CodePointSet Of(params IEnumerable<(int Low, int High)> ranges) => new(ranges);

    /// <summary>What is in one of them.</summary>
    public static CodePointSet Union(IEnumerable<CodePointSet> sets) => new(sets.SelectMany(set => set._ranges));

    /// <summary>What is not in it.</summary>
    public CodePointSet Complement()
    {
        var rest = new List<(int, int)>();
        var low = 0;
        foreach (var range in _ranges)
        {
            rest.Add((low, range.Low - 1));
            low = range.High + 1;
        }

        rest.Add((low, Last));
        return new CodePointSet(rest);
    }

    /// <summary>What lies from <paramref name="low"/> to <paramref name="high"/> and in the set.</summary>
    public CodePointSet Within(int low, int high)
        => new(_ranges.Select(range => (Math.Max(range.Low, low), Math.Min(range.High, high))));

    /// <summary>Whether a scalar value is in it.</summary>
    public bool Contains(int value) => _ranges.Exists(range => range.Low <= value && value <= range.High);

    private void Add(int low, int high)
    {
        if (low > high)
        {
            return;
        }

        if (_ranges.Count > 0 && _ranges[^1].High >= low - 1)
        {
            _ranges[^1] = (_ranges[^1].Low, Math.Max(_ranges[^1].High, high));
        }
        else
        {
            _ranges.Add((low, high));
        }
    }
}
