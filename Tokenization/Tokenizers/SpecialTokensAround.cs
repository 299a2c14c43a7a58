using System.Collections.Immutable;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;

namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>The <c>post_processor</c> of a tokenizer file: which special tokens stand before and after a text.</summary>
internal sealed record SpecialTokensAround(ImmutableArray<int> Before, ImmutableArray<int> After)
{
    private const int MostIds = 64;

    public static SpecialTokensAround Read(JsonField field, Vocabulary vocabulary)
    {
        var none = new SpecialTokensAround([], []);
        return field.IsNull ? none : Read(field, vocabulary, none);
    }

    private static SpecialTokensAround Read(JsonField field, Vocabulary vocabulary, SpecialTokensAround soFar)
    {
        var type = field["type"].String();
        switch (type)
        {
            case "ByteLevel":
                // It moves offsets only, which we don't give.
                field.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                return soFar;
            case "Sequence":
                field.AllowOnly("type", "processors");
                return field["processors"].Items(16).Aggregate(soFar, (around, item) => Read(item, vocabulary, around));
            case "TemplateProcessing":
                field.AllowOnly("type", "single", "pair", "special_tokens");
                return ReadTemplate(field, vocabulary, soFar);
            case "BertProcessing":
                field.AllowOnly("type", "cls", "sep");
                return ReadPair(field, vocabulary, soFar);
            case "RobertaProcessing":
                field.AllowOnly("type", "cls", "sep", "trim_offsets", "add_prefix_space");
                return ReadPair(field, vocabulary, soFar);
            default:
                throw field["type"].Refuse($"the post-processor {JsonField.Quote(type)} is not supported");
        }
    }

    private static SpecialTokensAround ReadTemplate(JsonField field, Vocabulary vocabulary, SpecialTokensAround inner)
    {
        var before = ImmutableArray.CreateBuilder<int>();
        var after = ImmutableArray.CreateBuilder<int>();
        var seenText = false;
        foreach (var part in field["single"].Items(64))
        {
            part.AllowOnly("SpecialToken", "Sequence");
            if (part["SpecialToken"].IsNull)
            {
                if (part["Sequence"]["id"].String() != "A" || seenText)
                {
                    throw part.Refuse("must be the text \"A\", once");
                }

                seenText = true;
            }
            else
            {
                (seenText ? after : before).AddRange(ReadIds(field["special_tokens"], part["SpecialToken"]["id"], vocabulary));
            }
        }

        if (!seenText)
        {
            throw field["single"].Refuse("lacks the text \"A\"");
        }

        before.AddRange(inner.Before);
        after.InsertRange(0, inner.After);
        if (before.Count + after.Count > MostIds)
        {
            throw field["single"].Refuse($"puts more than {MostIds} tokens around a text");
        }

        return new SpecialTokensAround(before.ToImmutable(), after.ToImmutable());
    }

    private static SpecialTokensAround ReadPair(JsonField field, Vocabulary vocabulary, SpecialTokensAround inner)
    {
        if (inner.Before.Length + inner.After.Length + 2 > MostIds)
        {
            throw field.Refuse($"puts more than {MostIds} tokens around a text");
        }

        return new SpecialTokensAround([ReadId(field["cls"], vocabulary), .. inner.Before], [.. inner.After, ReadId(field["sep"], vocabulary)]);
    }

    /// <summary>Reads a token and its id, which must belong together.</summary>
    private static int ReadId(JsonField field, Vocabulary vocabulary)
    {
        var parts = field.Items(2).ToArray();
        return parts.Length == 2 && vocabulary.TokenOf(parts[1].Number(Vocabulary.LargestId)) == parts[0].String()
            ? parts[1].Number(Vocabulary.LargestId)
            : throw field.Refuse("must be a token of the vocabulary and its id");
    }

    private static IEnumerable<int> ReadIds(JsonField specialTokens, JsonField name, Vocabulary vocabulary)
    {
        foreach (var id in specialTokens[name.String()]["ids"].Items(16))
        {
            var value = id.Number(Vocabulary.LargestId);
            yield return vocabulary.TokenOf(value) is null ? throw id.Refuse("is not in the vocabulary") : value;
        }
    }
}
