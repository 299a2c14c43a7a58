using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.BytePairs;

/// <summary>Byte-pair encoding of one piece of text, as Hugging Face's <c>BPE</c> model does it. Thread-safe.</summary>
internal sealed class BytePairModel
{
    private const int MostMerges = 1 << 20;
    private const int None = -1;

    private readonly PairMerges _merges;
    private readonly PieceCache _cache = new();
    private readonly int[] _byteIds;
    private readonly bool _byteLevel;
    private readonly bool _byteFallback;
    private readonly bool _wholePieces;
    private readonly bool _fuseUnknown;
    private readonly int _unknown;
    private readonly BitArray _special;

    private BytePairModel(JsonField model, Vocabulary vocabulary, BitArray special, bool byteLevel)
    {
        Vocabulary = vocabulary;
        _special = special;
        _byteLevel = byteLevel;
        _byteFallback = model["byte_fallback"].Bool(absent: false);
        _wholePieces = model["ignore_merges"].Bool(absent: false);
        _fuseUnknown = model["fuse_unk"].Bool(absent: false);
        _unknown = ReadUnknown(model["unk_token"], vocabulary);
        _byteIds = ReadByteIds(model);
        _merges = ReadMerges(model["merges"], vocabulary, special);
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Reads the <c>model</c> of a tokenizer file.</summary>
    /// <param name="model">The field.</param>
    /// <param name="vocabulary">Its vocabulary with all added tokens.</param>
    /// <param name="special">Which ids are special: no text becomes one of them here.</param>
    /// <param name="byteLevel">Whether pieces are encoded by their bytes.</param>
    public static BytePairModel Read(JsonField model, Vocabulary vocabulary, BitArray special, bool byteLevel)
    {
        var type = model["type"].String(absent: "BPE");
        if (type != "BPE")
        {
            throw model["type"].Refuse($"the model {JsonField.Quote(type)} is not supported, only \"BPE\"");
        }

        model.AllowOnly("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        RefuseUnless(model["dropout"].IsNull || (model["dropout"].Element.ValueKind == JsonValueKind.Number && model["dropout"].Element.GetDouble() == 0), model["dropout"]);
        RefuseUnless(model["continuing_subword_prefix"].String(absent: "").Length == 0, model["continuing_subword_prefix"]);
        RefuseUnless(model["end_of_word_suffix"].String(absent: "").Length == 0, model["end_of_word_suffix"]);
        return new BytePairModel(model, vocabulary, special, byteLevel);
    }

    /// <summary>A merger for the pieces of one text; it isn't thread-safe.</summary>
    public PairMerger NewMerger() => new(_merges);

    public void Encode(ReadOnlySpan<char> piece, PairMerger merger, List<int> ids)
    {
        if (_cache.TryGet(piece, out var known))
        {
            ids.AddRange(known);
            return;
        }

        var start = ids.Count;
        if (!TryWholePiece(piece, ids))
        {
            AddSymbols(piece, ids);
            var symbols = CollectionsMarshal.AsSpan(ids)[start..];
            CollectionsMarshal.SetCount(ids, start + merger.Merge(symbols));
        }

        _cache.Add(piece, CollectionsMarshal.AsSpan(ids)[start..]);
    }

    private bool TryWholePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (!_wholePieces || piece.Length > Vocabulary.LongestToken)
        {
            return false;
        }

        var id = Vocabulary.IdOf(_byteLevel ? InByteAlphabet(piece) : piece);
        if (id is null || _special[id.Value])
        {
            return false;
        }

        ids.Add(id.Value);
        return true;
    }

    private static string InByteAlphabet(ReadOnlySpan<char> piece)
    {
        var text = new StringBuilder(piece.Length);
        foreach (var value in Encoding.UTF8.GetBytes(piece.ToString()))
        {
            text.Append(ByteAlphabet.CharacterOf(value));
        }

        return text.ToString();
    }

    private void AddSymbols(ReadOnlySpan<char> piece, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var afterUnknown = false;
        foreach (var rune in piece.EnumerateRunes())
        {
            var bytes = utf8[..rune.EncodeToUtf8(utf8)];
            var known = _byteLevel ? AddBytes(bytes, ids) : AddCharacter(rune, bytes, ids);
            if (!known && _unknown != None && !(afterUnknown && _fuseUnknown))
            {
                ids.Add(_unknown);
            }

            afterUnknown = !known;
        }
    }

    private bool AddCharacter(Rune rune, ReadOnlySpan<byte> utf8, List<int> ids)
    {
        Span<char> characters = stackalloc char[2];
        var id = Vocabulary.IdOf(characters[..rune.EncodeToUtf16(characters)]);
        if (id is null || _special[id.Value])
        {
            return _byteFallback && AddBytes(utf8, ids);
        }

        ids.Add(id.Value);
        return true;
    }

    private bool AddBytes(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        foreach (var value in bytes)
        {
            if (_byteIds[value] == None)
            {
                return false;
            }
        }

        foreach (var value in bytes)
        {
            ids.Add(_byteIds[value]);
        }

        return true;
    }

    private int[] ReadByteIds(JsonField model)
    {
        var ids = new int[256];
        for (var value = 0; value < 256; value++)
        {
            var token = _byteLevel ? ByteAlphabet.CharacterOf((byte)value).ToString() : $"<0x{value:X2}>";
            ids[value] = Vocabulary.IdOf(token) ?? None;
            var inUtf8 = value is not (0xC0 or 0xC1 or > 0xF4);
            if (ids[value] == None && inUtf8 && _unknown == None && (_byteLevel || _byteFallback))
            {
                throw model["vocab"].Refuse($"lacks the byte {JsonField.Quote(token)} and there is no unk_token: text would be lost");
            }
        }

        if (!_byteLevel && !_byteFallback && _unknown == None)
        {
            throw model["unk_token"].Refuse("is needed where neither bytes nor byte_fallback cover all text");
        }

        return ids;
    }

    private static int ReadUnknown(JsonField field, Vocabulary vocabulary) =>
        field.IsNull ? None : vocabulary.IdOf(field.String()) ?? throw field.Refuse("is not in the vocabulary");

    private static PairMerges ReadMerges(JsonField field, Vocabulary vocabulary, BitArray special)
    {
        var merges = new PairMerges(field.Element.ValueKind == JsonValueKind.Array ? Math.Min(field.Element.GetArrayLength(), MostMerges) : 0);
        var rank = 0;
        foreach (var item in field.Items(MostMerges))
        {
            var (left, right) = ReadPair(item);
            var leftId = vocabulary.IdOf(left) ?? throw item.Refuse($"{JsonField.Quote(left)} is not in the vocabulary");
            var rightId = vocabulary.IdOf(right) ?? throw item.Refuse($"{JsonField.Quote(right)} is not in the vocabulary");
            var merged = vocabulary.IdOf(left + right) ?? throw item.Refuse($"{JsonField.Quote(left + right)} is not in the vocabulary");
            if (special[merged])
            {
                throw item.Refuse($"makes the special token {JsonField.Quote(left + right)} out of text");
            }

            merges.Add(leftId, rightId, rank++, merged);
        }

        return merges;
    }

    private static (string Left, string Right) ReadPair(JsonField item)
    {
        if (item.Element.ValueKind == JsonValueKind.Array)
        {
            var parts = item.Items(2).Select(part => part.String()).ToArray();
            return parts.Length == 2 ? (parts[0], parts[1]) : throw item.Refuse("must have two parts");
        }

        var text = item.String();
        var space = text.IndexOf(' ');
        return space > 0 && space == text.LastIndexOf(' ') && space < text.Length - 1
            ? (text[..space], text[(space + 1)..])
            : throw item.Refuse("must be two tokens with one space between");
    }

    private static void RefuseUnless(bool supported, JsonField field)
    {
        if (!supported)
        {
            throw field.Refuse("is not supported");
        }
    }
}
