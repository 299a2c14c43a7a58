using System.Collections.Immutable;
using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>The <c>normalizer</c> of a tokenizer file: its steps in order. Thread-safe.</summary>
internal sealed class TextNormalizers(ImmutableArray<ITextNormalizer> steps)
{
    private const int MostSteps = 16;
    private const int LongestPrefix = 64;

    /// <summary>By how much all replacements together may multiply a text's length.</summary>
    private const int MostGrowth = 4;

    public static TextNormalizers Read(JsonField field)
    {
        var steps = ImmutableArray.CreateBuilder<ITextNormalizer>();
        if (!field.IsNull)
        {
            Add(field, steps);
            CheckBounds(field, steps);
        }

        return new TextNormalizers(steps.ToImmutable());
    }

    public string Normalize(string text)
    {
        foreach (var step in steps)
        {
            text = step.Normalize(text);
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
            case "NFC" or "NFKC":
                step.AllowOnly("type");
                steps.Add(new UnicodeNormalizer(compatible: type == "NFKC"));
                break;
            case "Prepend":
                step.AllowOnly("type", "prepend");
                steps.Add(new PrependNormalizer(ReadPrefix(step["prepend"])));
                break;
            case "Replace":
                step.AllowOnly("type", "pattern", "content");
                steps.Add(ReplaceNormalizer.Read(step));
                break;
            default:
                throw step["type"].Refuse($"the normalizer {JsonField.Quote(type)} is not supported");
        }
    }

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
