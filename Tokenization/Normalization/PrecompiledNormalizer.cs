using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>
/// SentencePiece's compiled table of replacements (<c>precompiled_charsmap</c>): the size in bytes of a double-array trie, the trie, and the replacements,
/// each ended by a NUL. It is read as Hugging Face's tokenizers do, on which models in <c>tokenizer.json</c> rely: what a user sees as one character and
/// has fewer than six bytes is replaced as a whole by the replacement of the <i>shortest</i> key with which it starts; else code point by code point.
/// </summary>
internal sealed class PrecompiledNormalizer : ITextNormalizer
{
    /// <summary>The largest table we read, in base64. That of XLM-RoBERTa has 316,720 characters.</summary>
    private const int LongestTable = 8 * 1024 * 1024;

    /// <summary>Longest replacement, in bytes; U+FDFA has 33.</summary>
    private const int LongestReplacement = 64;

    private const int LongestCluster = 5;

    private readonly ImmutableArray<uint> _units;
    private readonly byte[] _replacements;
    private readonly ImmutableArray<string?> _ofAscii;

    private PrecompiledNormalizer(ImmutableArray<uint> units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
        _ofAscii = [.. Enumerable.Range(0, 128).Select(character => ReplacementOf(((char)character).ToString()))];
    }

    public static PrecompiledNormalizer Read(JsonField step)
    {
        step.AllowOnly("type", "precompiled_charsmap");
        var field = step["precompiled_charsmap"];
        var text = field.String();
        if (text.Length > LongestTable)
        {
            throw field.Refuse($"has more than {LongestTable} characters");
        }

        var table = new byte[text.Length / 4 * 3 + 3];
        if (!Convert.TryFromBase64String(text, table, out var length) || length < sizeof(uint))
        {
            throw field.Refuse("is not a table in base64");
        }

        var trieBytes = BinaryPrimitives.ReadUInt32LittleEndian(table);
        if (trieBytes == 0 || trieBytes % sizeof(uint) != 0 || trieBytes > length - sizeof(uint))
        {
            throw field.Refuse($"says that its trie has {trieBytes} bytes, which can't be");
        }

        var trie = table.AsSpan(sizeof(uint), (int)trieBytes);
        var units = ImmutableArray.CreateBuilder<uint>(trie.Length / sizeof(uint));
        for (var at = 0; at < trie.Length; at += sizeof(uint))
        {
            units.Add(BinaryPrimitives.ReadUInt32LittleEndian(trie[at..]));
        }

        var replacements = table[(sizeof(uint) + trie.Length)..length];
        CheckReplacements(field, replacements);
        return new PrecompiledNormalizer(units.MoveToImmutable(), replacements);
    }

    public string Normalize(string text, EncodingDeadline deadline)
    {
        var result = new StringBuilder(text.Length);
        var place = 0;
        while (place < text.Length)
        {
            var length = ClusterLength(text, place);
            if (length == 1 && text[place] < 128)
            {
                AppendAscii(text[place], result);
            }
            else
            {
                AppendCluster(text.AsSpan(place, length), result);
            }

            place += length;
        }

        return result.ToString();
    }

    /// <summary>Refuses replacements that are too long or no text: nothing can fail later.</summary>
    private static void CheckReplacements(JsonField field, ReadOnlySpan<byte> replacements)
    {
        while (!replacements.IsEmpty)
        {
            var end = replacements.IndexOf((byte)0);
            var replacement = end < 0 ? replacements : replacements[..end];
            if (replacement.Length > LongestReplacement)
            {
                throw field.Refuse($"has a replacement of more than {LongestReplacement} bytes");
            }

            if (!System.Text.Unicode.Utf8.IsValid(replacement))
            {
                throw field.Refuse("has a replacement that is not UTF-8");
            }

            replacements = end < 0 ? [] : replacements[(end + 1)..];
        }
    }

    private void AppendAscii(char character, StringBuilder result)
    {
        if (_ofAscii[character] is { } replacement)
        {
            result.Append(replacement);
        }
        else
        {
            result.Append(character);
        }
    }

    private void AppendCluster(ReadOnlySpan<char> cluster, StringBuilder result)
    {
        if (ReplacementOf(cluster) is { } whole)
        {
            result.Append(whole);
            return;
        }

        Span<char> character = stackalloc char[2];
        foreach (var rune in cluster.EnumerateRunes())
        {
            ReadOnlySpan<char> part = character[..rune.EncodeToUtf16(character)];
            result.Append(ReplacementOf(part) is { } replacement ? replacement : part);
        }
    }

    /// <summary>Length of the user's character that starts here, in UTF-16 units (Unicode Standard Annex 29).</summary>
    private static int ClusterLength(string text, int place)
    {
        var alone = text[place] is < '\u0080' and not '\r' && (place + 1 == text.Length || text[place + 1] < '\u0080');
        return alone ? 1 : StringInfo.GetNextTextElementLength(text.AsSpan(place));
    }

    /// <summary>The replacement of the shortest key with which the text starts; null for none, and for a text of more than <see cref="LongestCluster"/> bytes.</summary>
    private string? ReplacementOf(ReadOnlySpan<char> text)
    {
        Span<byte> key = stackalloc byte[LongestCluster];
        if (!Encoding.UTF8.TryGetBytes(text, key, out var length) || Find(key[..length]) is not { } place || place >= _replacements.Length)
        {
            return null;
        }

        var rest = _replacements.AsSpan(place);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    /// <summary>Goes down the double-array trie of Darts-clone: a unit holds its label, where its children are, and whether a value is among them.</summary>
    private int? Find(ReadOnlySpan<byte> key)
    {
        const uint LabelBits = 0x8000_00FF;
        const uint ValueBits = 0x7FFF_FFFF;
        var place = OffsetOf(_units[0]);
        foreach (var value in key)
        {
            place ^= value;
            if (value == 0 || place >= (uint)_units.Length || (_units[(int)place] & LabelBits) != value)
            {
                return null;
            }

            var unit = _units[(int)place];
            place ^= OffsetOf(unit);
            if ((unit & 0x100) != 0)
            {
                return place < (uint)_units.Length ? (int)(_units[(int)place] & ValueBits) : null;
            }
        }

        return null;
    }

    private static uint OffsetOf(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
