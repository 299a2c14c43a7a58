using System.Collections.Immutable;
using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Normalization;

/// <summary>The <c>normalizer</c> of a tokenizer file: its steps in order. Thread-safe.</summary>
internal sealed class TextNormalizers(ImmutableArray<ITextNormalizer> steps)
{
    public static TextNormalizers Read(JsonField field)
    {
        var steps = ImmutableArray.CreateBuilder<ITextNormalizer>();
        if (!field.IsNull)
        {
            Add(field, steps);
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
                }

                break;
            case "NFC" or "NFKC":
                step.AllowOnly("type");
                steps.Add(new UnicodeNormalizer(compatible: type == "NFKC"));
                break;
            case "Prepend":
                step.AllowOnly("type", "prepend");
                steps.Add(new PrependNormalizer(step["prepend"].String()));
                break;
            case "Replace":
                step.AllowOnly("type", "pattern", "content");
                steps.Add(ReplaceNormalizer.Read(step));
                break;
            default:
                throw step["type"].Refuse($"the normalizer {JsonField.Quote(type)} is not supported");
        }
    }
}
