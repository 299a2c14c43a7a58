using System.Collections.Immutable;
using System.Text;
using CocoonOrleans.Tokenization.Characters;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>The <c>normalizer</c> of a tokenizer file: its steps in order. Thread-safe.</summary>
internal sealed class TextNormalizers
{
    private const int MostSteps = 16;
    private const int LongestPrefix = 64;

    /// <summary>By how much all replacements together may multiply a text's length.</summary>
    private const int MostGrowth = 4;

    /// <summary>How long all steps together may make a text: NFKC alone can multiply its length by 18, its bytes by 3.</summary>
    private const int LongestPerCharacter = 64;
    private const int LongestAtAll = 1_024;

    private readonly JsonField _field;
    private readonly ImmutableArray<ITextNormalizer> _steps;

    private TextNormalizers(JsonField field, ImmutableArray<ITextNormalizer> steps)
    {
        _field = field;
        _steps = steps;
    }

    public static TextNormalizers Read(JsonField field)
    {
        var steps = ImmutableArray.CreateBuilder<ITextNormalizer>();
        if (!field.IsNull)
        {
            Add(field, steps);
            CheckBounds(field, steps);
        }

        return new TextNormalizers(field, steps.ToImmutable());
    }

    /// <summary>Does all steps.</summary>
    /// <exception cref="TokenizerFormatException">The steps of the file take too long on this text, or make it too long.</exception>
    public string Normalize(string text, EncodingDeadline deadline)
    {
        var longest = (long)text.Length * LongestPerCharacter + LongestAtAll;
        foreach (var step in _steps)
        {
            text = step.Normalize(text, deadline);
            deadline.Check(_field);
            if (text.Length > longest)
            {
                throw _field.Refuse($"makes a text more than {LongestPerCharacter} times as long");
            }
        }

        return text;
    }

    private static void Add(JsonField step, ImmutableArray<ITextNormalizer>.Builder steps)
    {
        var type = step["type"].String();
        switch (type)
        {
            case "Sequence":
                step.AllowOnly("type", "normalizers");
                foreach (var item in step["normalizers"].Items(16))
                {
                    Add(item, steps);
                    CheckBounds(step, steps);
                }

                break;
            case "NFC" or "NFKC" or "NFD" or "NFKD":
                step.AllowOnly("type");
                steps.Add(new UnicodeNormalizer(compatible: type.Contains('K'), composed: type.EndsWith('C')));
                break;
            case "Lowercase":
                step.AllowOnly("type");
                steps.Add(new LowercaseNormalizer());
                break;
            case "Strip":
                step.AllowOnly("type", "strip_left", "strip_right");
                steps.Add(new StripNormalizer(step["strip_left"].Bool(absent: true), step["strip_right"].Bool(absent: true)));
                break;
            case "StripAccents":
                step.AllowOnly("type");
                steps.Add(new CharacterFilter(CharacterClasses.IsMark));
                break;
            case "Prepend":
                step.AllowOnly("type", "prepend");
                steps.Add(new PrependNormalizer(ReadPrefix(step["prepend"])));
                break;
            case "Replace":
                steps.Add(ReplaceNormalizer.Read(step));
                break;
            case "BertNormalizer":
                AddBert(step, steps);
                break;
            case "Nmt":
                step.AllowOnly("type");
                steps.Add(new CharacterFilter(IsLeftOutByNmt));
                steps.Add(new SpaceNormalizer(IsSpaceForNmt));
                break;
            case "Precompiled":
                steps.Add(PrecompiledNormalizer.Read(step));
                break;
            case "ByteLevel":
                step.AllowOnly("type");
                steps.Add(new ByteLevelNormalizer());
                break;
            default:
                throw step["type"].Refuse($"the normalizer {JsonField.Quote(type)} is not supported");
        }
    }

    /// <summary>BERT's <c>BasicTokenizer</c>, as far as it changes the text. Accents go along with the capitals unless the file says otherwise.</summary>
    private static void AddBert(JsonField step, ImmutableArray<ITextNormalizer>.Builder steps)
    {
        step.AllowOnly("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
        if (step["clean_text"].Bool(absent: true))
        {
            steps.Add(new CharacterFilter(CharacterClasses.IsRemovedByCleaning));
            steps.Add(new SpaceNormalizer(CharacterClasses.IsWhiteSpace));
        }

        if (step["handle_chinese_chars"].Bool(absent: true))
        {
            steps.Add(new ChineseNormalizer());
        }

        var lowercase = step["lowercase"].Bool(absent: true);
        if (step["strip_accents"].Bool(absent: lowercase))
        {
            steps.Add(new UnicodeNormalizer(compatible: false, composed: false));
            steps.Add(new CharacterFilter(CharacterClasses.IsNonspacingMark));
        }

        if (lowercase)
        {
            steps.Add(new LowercaseNormalizer());
        }
    }

    /// <summary>Controls that SentencePiece's rules <c>nmt</c> leave out.</summary>
    private static bool IsLeftOutByNmt(Rune rune) => rune.Value is (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F;

    /// <summary>Invisible characters that those rules make a space.</summary>
    private static bool IsSpaceForNmt(Rune rune) => rune.Value is
        0x9 or 0xA or 0xC or 0xD or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD;

    private static string ReadPrefix(JsonField field) =>
        field.String() is { Length: <= LongestPrefix } prefix ? prefix : throw field.Refuse($"has more than {LongestPrefix} characters");

    /// <summary>A hostile file may ask for steps that each make a text longer, one sequence inside the other.</summary>
    private static void CheckBounds(JsonField field, ImmutableArray<ITextNormalizer>.Builder steps)
    {
        if (steps.Count > MostSteps)
        {
            throw field.Refuse($"has more than {MostSteps} steps");
        }

        if (steps.OfType<ReplaceNormalizer>().Aggregate(1L, (growth, step) => growth * step.Growth) > MostGrowth)
        {
            throw field.Refuse($"may make a text more than {MostGrowth} times as long");
        }
    }
}
