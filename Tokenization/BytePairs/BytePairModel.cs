using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.BytePairs;

/// <summary>Byte-pair encoding of one piece of text, as Hugging Face's <c>BPE</c> model does it. Thread-safe.</summary>
internal sealed class BytePairModel : ITokenModel
{
    private const int MostMerges = 1 << 20;
    private const int LongestAffix = 64;
    private const int None = -1;

    private readonly PairMerges _merges;
    private readonly PieceCache _cache = new();
    private readonly Vocabulary _vocabulary;
    private readonly BitArray _special;
    private readonly int[] _byteIds = [];
    private readonly ByteTokens? _byteFallback;
    private readonly bool _wholePieces;
    private readonly bool _fuseUnknown;
    private readonly int _unknown;
    private readonly string _continuingPrefix;
    private readonly string _endingSuffix;

    private BytePairModel(JsonField model, Vocabulary vocabulary, BitArray special, bool byteLevel)
    {
        _vocabulary = vocabulary;
        _special = special;
        _wholePieces = model["ignore_merges"].Bool(absent: false);
        _fuseUnknown = model["fuse_unk"].Bool(absent: false);
        _unknown = ReadUnknown(model["unk_token"], vocabulary);
        _continuingPrefix = ReadAffix(model["continuing_subword_prefix"]);
        _endingSuffix = ReadAffix(model["end_of_word_suffix"]);
        _byteFallback = model["byte_fallback"].Bool(absent: false) ? new ByteTokens(vocabulary) : null;
        _byteIds = byteLevel ? ReadByteIds(model) : [];
        var affixed = _continuingPrefix.Length > 0 || _endingSuffix.Length > 0;
        if (_unknown == None && (affixed || !byteLevel) && _byteFallback is not { CoverAllText: true })
        {
            throw model["unk_token"].Refuse("is needed where neither bytes nor byte_fallback cover all text");
        }

        _merges = ReadMerges(model["merges"], special);
    }

    private bool ByteLevel => _byteIds.Length > 0;

    /// <summary>Reads the <c>model</c> of a tokenizer file.</summary>
    /// <param name="model">The field.</param>
    /// <param name="vocabulary">Its vocabulary with all added tokens.</param>
    /// <param name="special">Which ids are special: no text becomes one of them here.</param>
    /// <param name="byteLevel">Whether pieces are encoded by their bytes.</param>
    public static BytePairModel Read(JsonField model, Vocabulary vocabulary, BitArray special, bool byteLevel)
    {
        model.AllowOnly("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        if (!model["dropout"].IsNull && model["dropout"].Real() != 0)
        {
            throw model["dropout"].Refuse("is not supported: it would make the same text other tokens each time");
        }

        return new BytePairModel(model, vocabulary, special, byteLevel);
    }

    public PieceEncoder NewEncoder(EncodingDeadline deadline) => new Encoder(this);

    private bool TryWholePiece(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (!_wholePieces || piece.Length > Vocabulary.LongestToken)
        {
            return false;
        }

        var id = _vocabulary.IdOf(ByteLevel ? ByteAlphabet.CharactersOf(piece) : piece);
        if (id is null || _special[id.Value])
        {
            return false;
        }

        ids.Add(id.Value);
        return true;
    }

    private void AddSymbols(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_continuingPrefix.Length > 0 || _endingSuffix.Length > 0)
        {
            AddAffixed(ByteLevel ? ByteAlphabet.CharactersOf(piece) : piece, ids);
        }
        else if (ByteLevel)
        {
            AddByteLevel(piece, ids);
        }
        else
        {
            AddCharacters(piece, ids);
        }
    }

    private void AddByteLevel(ReadOnlySpan<char> piece, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var afterUnknown = false;
        foreach (var rune in piece.EnumerateRunes())
        {
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                Add(_byteIds[value], ref afterUnknown, ids);
            }
        }
    }

    private void AddCharacters(ReadOnlySpan<char> piece, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        Span<char> characters = stackalloc char[2];
        var afterUnknown = false;
        foreach (var rune in piece.EnumerateRunes())
        {
            var id = OrdinaryIdOf(characters[..rune.EncodeToUtf16(characters)]);
            if (id == None && _byteFallback is not null && _byteFallback.TryAdd(utf8[..rune.EncodeToUtf8(utf8)], ids))
            {
                afterUnknown = false;
                continue;
            }

            Add(id, ref afterUnknown, ids);
        }
    }

    /// <summary>The symbols of a model that marks by a prefix where a word goes on, or by a suffix where it ends.</summary>
    private void AddAffixed(ReadOnlySpan<char> piece, List<int> ids)
    {
        var afterUnknown = false;
        var place = 0;
        foreach (var rune in piece.EnumerateRunes())
        {
            var symbol = (place > 0 ? _continuingPrefix : "") + rune;
            place += rune.Utf16SequenceLength;
            symbol += place == piece.Length ? _endingSuffix : "";
            var id = OrdinaryIdOf(symbol);
            if (id == None && _byteFallback is not null && _byteFallback.TryAdd(Encoding.UTF8.GetBytes(symbol), ids))
            {
                afterUnknown = false;
                continue;
            }

            Add(id, ref afterUnknown, ids);
        }
    }

    private void Add(int id, ref bool afterUnknown, List<int> ids)
    {
        if (id != None)
        {
            ids.Add(id);
        }
        else if (_unknown != None && !(afterUnknown && _fuseUnknown))
        {
            ids.Add(_unknown);
        }

        afterUnknown = id == None;
    }

    private int OrdinaryIdOf(ReadOnlySpan<char> symbol) => _vocabulary.IdOf(symbol) is { } id && !_special[id] ? id : None;

    private int[] ReadByteIds(JsonField model)
    {
        var ids = new int[256];
        for (var value = 0; value < 256; value++)
        {
            var token = ByteAlphabet.CharacterOf((byte)value).ToString();
            ids[value] = _vocabulary.IdOf(token) ?? None;
            var inUtf8 = value is not (0xC0 or 0xC1 or > 0xF4);
            if (ids[value] == None && inUtf8 && _unknown == None)
            {
                throw model["vocab"].Refuse($"lacks the byte {JsonField.Quote(token)} and there is no unk_token: text would be lost");
            }
        }

        return ids;
    }

    private static string ReadAffix(JsonField field)
    {
        var affix = field.String(absent: "");
        return affix.Length <= LongestAffix ? affix : throw field.Refuse($"has more than {LongestAffix} characters");
    }

    private static int ReadUnknown(JsonField field, Vocabulary vocabulary) =>
        field.IsNull ? None : vocabulary.IdOf(field.String()) ?? throw field.Refuse("is not in the vocabulary");

    private PairMerges ReadMerges(JsonField field, BitArray special)
    {
        var merges = new PairMerges(field.Element.ValueKind == JsonValueKind.Array ? Math.Min(field.Element.GetArrayLength(), MostMerges) : 0);
        var rank = 0;
        foreach (var item in field.Items(MostMerges))
        {
            var (left, right) = ReadPair(item);
            var leftId = _vocabulary.IdOf(left) ?? throw item.Refuse($"{JsonField.Quote(left)} is not in the vocabulary");
            var rightId = _vocabulary.IdOf(right) ?? throw item.Refuse($"{JsonField.Quote(right)} is not in the vocabulary");
            if (!right.StartsWith(_continuingPrefix, StringComparison.Ordinal))
            {
                throw item.Refuse($"{JsonField.Quote(right)} lacks the continuing_subword_prefix");
            }

            var token = left + right[_continuingPrefix.Length..];
            var merged = _vocabulary.IdOf(token) ?? throw item.Refuse($"{JsonField.Quote(token)} is not in the vocabulary");
            if (special[merged])
            {
                throw item.Refuse($"makes the special token {JsonField.Quote(token)} out of text");
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

    private sealed class Encoder(BytePairModel model) : PieceEncoder(model._cache)
    {
        private readonly PairMerger _merger = new(model._merges);

        protected override void EncodeNew(ReadOnlySpan<char> piece, List<int> ids)
        {
            var start = ids.Count;
            if (!model.TryWholePiece(piece, ids))
            {
                model.AddSymbols(piece, ids);
                var symbols = CollectionsMarshal.AsSpan(ids)[start..];
                CollectionsMarshal.SetCount(ids, start + _merger.Merge(symbols));
            }
        }
    }
}
