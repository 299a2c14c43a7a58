using System.Collections;
using System.Globalization;
using System.Text;
using CocoonOrleans.Tokenization.BytePairs;
using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>
/// What every id adds to the text, in bytes of UTF-8: the <c>decoder</c> of a tokenizer file, worked out once at load. Special tokens add nothing.
/// One difference to Hugging Face, on purpose: a run of byte tokens that isn't UTF-8 gives what any UTF-8 reader makes of these bytes, where theirs gives
/// one U+FFFD for each byte of the whole run; only so can a stream release what was right before a wrong byte came.
/// </summary>
internal sealed class TokenBytes
{
    private const int LongestReplacement = 16;
    private const int LongestText = 65_536;

    /// <summary>Most bytes of all tokens together. The largest known vocabulary (Gemma 3) has 2 MB.</summary>
    private const int MostBytes = 64 * 1024 * 1024;

    private readonly byte[] _bytes;
    private readonly int[] _ends;
    private readonly BitArray _special;

    private TokenBytes(JsonField field, Vocabulary vocabulary, BitArray special, Func<string, byte[]> decode, int stripSpaces)
    {
        var bytes = new MemoryStream();
        _ends = new int[vocabulary.Size];
        _special = special;
        StripSpaces = stripSpaces;
        for (var id = 0; id < vocabulary.Size; id++)
        {
            if (!special[id] && vocabulary.TokenOf(id) is { } token)
            {
                bytes.Write(decode(token));
            }

            if (bytes.Length > MostBytes)
            {
                throw field.Refuse($"makes more than {MostBytes} bytes of the vocabulary");
            }

            _ends[id] = (int)bytes.Length;
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>How many spaces at most are taken from the start of the whole text.</summary>
    public int StripSpaces { get; }

    /// <summary>The bytes of a token; none for a special token and for an id that no token has.</summary>
    public ReadOnlySpan<byte> Of(int id) => (uint)id < (uint)_ends.Length ? _bytes.AsSpan((id == 0 ? 0 : _ends[id - 1]).._ends[id]) : [];

    public bool IsSpecial(int id) => (uint)id < (uint)_ends.Length && _special[id];

    public static TokenBytes Read(JsonField decoder, Vocabulary vocabulary, BitArray special)
    {
        if (decoder.IsNull)
        {
            throw decoder.Refuse("is missing");
        }

        if (decoder["type"].String() == "ByteLevel")
        {
            decoder.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
            return new TokenBytes(decoder, vocabulary, special, ByteAlphabet.BytesOf, stripSpaces: 0);
        }

        return ReadSentencePiece(decoder, vocabulary, special);
    }

    private static TokenBytes ReadSentencePiece(JsonField decoder, Vocabulary vocabulary, BitArray special)
    {
        var replacements = new List<(string From, string To)>();
        var (bytes, fused, strip) = (false, false, 0);
        foreach (var step in StepsOf(decoder))
        {
            switch (step["type"].String())
            {
                case "Replace" when !bytes && !fused:
                    step.AllowOnly("type", "pattern", "content");
                    replacements.Add(ReadReplacement(step));
                    break;
                case "ByteFallback" when !bytes && !fused:
                    step.AllowOnly("type");
                    bytes = true;
                    break;
                case "Fuse" when !fused:
                    step.AllowOnly("type");
                    fused = true;
                    break;
                case "Strip" when fused && strip == 0:
                    strip = ReadStrip(step);
                    break;
                default:
                    throw step.Refuse($"the decoder step {JsonField.Quote(step["type"].String())} is not supported at this place");
            }
        }

        if (!fused)
        {
            throw decoder.Refuse("must fuse its tokens");
        }

        return new TokenBytes(decoder, vocabulary, special, token => (bytes ? ByteOf(token) : null) ?? Replaced(decoder, token, replacements), strip);
    }

    private static (string From, string To) ReadReplacement(JsonField step)
    {
        step["pattern"].AllowOnly("String");
        var (from, to) = (step["pattern"]["String"].String(), step["content"].String());
        if (from.Length == 0)
        {
            throw step["pattern"].Refuse("must not be empty");
        }

        return to.Length <= LongestReplacement ? (from, to) : throw step["content"].Refuse($"has more than {LongestReplacement} characters");
    }

    private static IEnumerable<JsonField> StepsOf(JsonField decoder)
    {
        if (decoder["type"].String() != "Sequence")
        {
            return [decoder];
        }

        decoder.AllowOnly("type", "decoders");
        return decoder["decoders"].Items(16);
    }

    private static int ReadStrip(JsonField step)
    {
        step.AllowOnly("type", "content", "start", "stop");
        if (step["content"].String() != " ")
        {
            throw step["content"].Refuse("is not supported, only one space");
        }

        _ = step["stop"].Number(largest: 0);
        return step["start"].Number(largest: 16);
    }

    private static byte[]? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? [value]
            : null;

    private static byte[] Replaced(JsonField decoder, string token, List<(string From, string To)> replacements)
    {
        foreach (var (from, to) in replacements)
        {
            token = token.Replace(from, to, StringComparison.Ordinal);
            if (token.Length > LongestText)
            {
                throw decoder.Refuse($"makes a text of more than {LongestText} characters of one token");
            }
        }

        return Encoding.UTF8.GetBytes(token);
    }
}
