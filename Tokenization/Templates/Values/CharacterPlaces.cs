namespace CocoonOrleans.Tokenization.Templates.Values;

/// <summary>Where a text's characters begin: Python counts code points, .NET UTF-16 units.</summary>
internal readonly struct CharacterPlaces
{
    private readonly int[]? _starts;

    private CharacterPlaces(int count, int[]? starts)
    {
        Count = count;
        _starts = starts;
    }

    /// <summary>How many characters the text has.</summary>
    public int Count { get; }

    /// <summary>Where a character begins; for <see cref="Count"/> where the text ends.</summary>
    public int this[int character] => _starts is null ? character : _starts[character];

    public static CharacterPlaces Of(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udbff'))
        {
            return new CharacterPlaces(text.Length, null);
        }

        var starts = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            starts.Add(i);
        }

        starts.Add(text.Length);
        return new CharacterPlaces(starts.Count - 1, [.. starts]);
    }
}
