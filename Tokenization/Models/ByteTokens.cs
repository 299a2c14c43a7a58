using System.Globalization;

namespace CocoonOrleans.Tokenization.Models;

/// <summary>SentencePiece's tokens for single bytes, <c>&lt;0x00></c> to <c>&lt;0xFF></c>: what a character that the vocabulary lacks falls back to.</summary>
internal sealed class ByteTokens
{
    private readonly int?[] _ids = new int?[256];

    public ByteTokens(Vocabulary vocabulary)
    {
        for (var value = 0; value < _ids.Length; value++)
        {
            _ids[value] = vocabulary.IdOf(NameOf((byte)value));
        }
    }

    public static string NameOf(byte value) => $"<0x{value:X2}>";

    /// <summary>The byte of such a token; null for any other token.</summary>
    public static byte? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    /// <summary>Whether every byte that UTF-8 can have has its token.</summary>
    public bool CoverAllText => Enumerable.Range(0, 256).All(value => value is 0xC0 or 0xC1 or > 0xF4 || _ids[value] is not null);

    /// <summary>Adds the ids of all these bytes, or none where one byte has no token.</summary>
    public bool TryAdd(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        foreach (var value in bytes)
        {
            if (_ids[value] is null)
            {
                return false;
            }
        }

        foreach (var value in bytes)
        {
            ids.Add(_ids[value]!.Value);
        }

        return true;
    }
}
