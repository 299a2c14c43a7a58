using System.Text;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Detokenizing;

/// <summary>The <c>decoder</c> of a tokenizer file: steps for each token, and what is stripped from the whole text. Thread-safe.</summary>
internal sealed class DecoderSteps
{
    private const int LongestText = 65_536;

    private readonly JsonField _field;
    private readonly List<IDecoderStep> _steps = [];
    private bool _bytes;
    private bool _joined;

    private DecoderSteps(JsonField field)
    {
        _field = field;
        foreach (var step in StepsOf(field))
        {
            Add(step);
        }
    }

    /// <summary>What is stripped from the whole text.</summary>
    public StripDecoder Strip { get; private set; } = StripDecoder.Nothing;

    /// <summary>Whether a token's text depends on its place.</summary>
    public bool DependOnPlace => _steps.Any(step => step is MetaspaceDecoder or WordPieceDecoder or EndOfWordDecoder);

    public static DecoderSteps Read(JsonField field) => field.IsNull ? throw field.Refuse("is missing") : new DecoderSteps(field);

    /// <summary>The bytes of UTF-8 that a token gives at this place.</summary>
    /// <exception cref="TokenizerFormatException">They are too many.</exception>
    public byte[] BytesOf(string token, TokenPlace place)
    {
        var decoded = new DecodedToken(token, Bytes: null);
        foreach (var step in _steps)
        {
            // What stands for bytes is no text any more.
            decoded = decoded.Bytes is null ? step.Decode(decoded, place) : decoded;
            if (decoded.Text.Length > LongestText)
            {
                throw _field.Refuse($"makes a text of more than {LongestText} characters of one token");
            }
        }

        return decoded.Bytes ?? Encoding.UTF8.GetBytes(decoded.Text);
    }

    private static IEnumerable<JsonField> StepsOf(JsonField field)
    {
        if (field["type"].String() != "Sequence")
        {
            return [field];
        }

        field.AllowOnly("type", "decoders");
        return field["decoders"].Items(16);
    }

    private void Add(JsonField step)
    {
        var type = step["type"].String();
        switch (type)
        {
            case "Replace" when !_bytes && !_joined:
                _steps.Add(ReplaceDecoder.Read(step));
                break;
            case "WordPiece" when !_bytes && !_joined:
                _steps.Add(WordPieceDecoder.Read(step));
                break;
            case "BPEDecoder" when !_bytes && !_joined:
                _steps.Add(EndOfWordDecoder.Read(step));
                break;
            case "Metaspace" when !_joined:
                _steps.Add(MetaspaceDecoder.Read(step));
                break;
            case "ByteFallback" when !_bytes && !_joined:
                step.AllowOnly("type");
                _steps.Add(new ByteFallbackDecoder());
                _bytes = true;
                break;
            case "ByteLevel" when !_bytes && !_joined:
                step.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                _steps.Add(new ByteLevelDecoder());
                _joined = true;
                break;
            case "Fuse":
                step.AllowOnly("type");
                _joined = true;
                break;
            case "Strip" when _joined && Strip == StripDecoder.Nothing:
                Strip = StripDecoder.Read(step);
                break;
            case "Strip" when !_bytes && !_joined:
                _steps.Add(StripDecoder.Read(step));
                break;
            default:
                throw step.Refuse($"the decoder step {JsonField.Quote(type)} is not supported at this place");
        }
    }
}
