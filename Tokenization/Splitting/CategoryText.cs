using System.Globalization;
using System.Text;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>
/// A text in which every character above U+FFFF is replaced by one below it of the same general category. .NET's patterns work on UTF-16 units, and
/// <c>\p{L}</c> knows no halves of characters: without this, rare Chinese characters and mathematical letters would be split as if they were signs.
/// </summary>
internal sealed class CategoryText
{
    private static readonly char[] StandIns = MakeStandIns();

    /// <summary>For each unit of <see cref="Text"/> its place in the original, and back; null where they are the same.</summary>
    private readonly int[]? _inOriginal;
    private readonly int[]? _inText;

    public CategoryText(string original)
    {
        if (!original.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            Text = original;
            return;
        }

        var text = new StringBuilder(original.Length);
        _inOriginal = new int[original.Length + 1];
        _inText = new int[original.Length + 1];
        var place = 0;
        foreach (var rune in original.EnumerateRunes())
        {
            _inOriginal[text.Length] = place;
            _inText[place] = text.Length;
            place += rune.Utf16SequenceLength;
            text.Append(rune.IsBmp ? (char)rune.Value : StandIns[(int)Rune.GetUnicodeCategory(rune)]);
        }

        _inOriginal[text.Length] = place;
        _inText[place] = text.Length;
        Text = text.ToString();
    }

    public string Text { get; }

    /// <summary>The same piece in the original text.</summary>
    public PieceSpan InOriginal(PieceSpan piece) => _inOriginal is null ? piece : new PieceSpan(_inOriginal[piece.Start], _inOriginal[piece.End]);

    /// <summary>A piece of the original text, which cuts no character in two, in this one.</summary>
    public PieceSpan FromOriginal(PieceSpan piece) => _inText is null ? piece : new PieceSpan(_inText[piece.Start], _inText[piece.End]);

    /// <summary>One character of each category, of scripts that no splitting pattern names.</summary>
    private static char[] MakeStandIns()
    {
        var standIns = new char[30];
        foreach (var c in "\u0531\u0561\u1F88\uA67F\u1200\u135F\u0903\u0488\u0ED0\u16EE\u1369\u2061\uE000\u2040\u058A\u0F3A\u0F3B\u2E02\u2E03\u1361\u2A00\u0E3F\uA700\u1390\u0378")
        {
            standIns[(int)CharUnicodeInfo.GetUnicodeCategory(c)] = c;
        }

        return standIns;
    }
}
