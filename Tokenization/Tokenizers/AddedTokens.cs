using System.Buffers;
using CocoonOrleans.Tokenization.BytePairs;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Normalization;

namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>The <c>added_tokens</c> of a tokenizer file: texts that are one token wherever they stand, and never part of a piece. Thread-safe.</summary>
internal sealed class AddedTokens
{
    private const int Most = 16_384;

    /// <summary>Most characters of all added tokens together: finding them all at once takes memory for each. Gemma 3 has 75,000.</summary>
    private const int MostCharacters = 512 * 1024;

    private readonly Dictionary<char, AddedToken[]> _byFirst;
    private readonly SearchValues<string> _all;

    public AddedTokens(IReadOnlyCollection<AddedToken> tokens)
    {
        _byFirst = tokens.GroupBy(token => token.Content[0]).ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
        _all = SearchValues.Create([.. tokens.Select(token => token.Content)], StringComparison.Ordinal);
    }

    /// <summary>Reads the tokens and adds them to the vocabulary.</summary>
    public static List<AddedToken> Read(JsonField field, Vocabulary vocabulary, TextNormalizers normalizers)
    {
        var tokens = new List<AddedToken>();
        if (!field.IsNull)
        {
            var characters = 0;
            foreach (var item in field.Items(Most))
            {
                var token = ReadToken(item, vocabulary, normalizers);
                characters += token.Content.Length;
                if (characters > MostCharacters)
                {
                    throw field.Refuse($"has more than {MostCharacters} characters");
                }

                tokens.Add(token);
            }
        }

        return tokens;
    }

    /// <summary>The place of the next text that is an added token, whether allowed there or not; -1 for none.</summary>
    public int IndexOfNext(ReadOnlySpan<char> text) => text.IndexOfAny(_all);

    /// <summary>The longest added token with which this text starts. A special one counts only if it ends before <paramref name="specialUntil"/>.</summary>
    public AddedToken? Longest(ReadOnlySpan<char> text, int specialUntil)
    {
        foreach (var token in _byFirst.GetValueOrDefault(text[0], []))
        {
            if ((!token.Special || token.Content.Length <= specialUntil) && text.StartsWith(token.Content, StringComparison.Ordinal))
            {
                return token;
            }
        }

        return null;
    }

    private static AddedToken ReadToken(JsonField item, Vocabulary vocabulary, TextNormalizers normalizers)
    {
        item.AllowOnly("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        var token = new AddedToken(item["id"].Number(Vocabulary.LargestId), item["content"].String(), item["special"].Bool(absent: false));
        if (token.Content.Length == 0)
        {
            throw item["content"].Refuse("must not be empty");
        }

        foreach (var option in new[] { "single_word", "lstrip", "rstrip" })
        {
            if (item[option].Bool(absent: false))
            {
                throw item[option].Refuse("is not supported");
            }
        }

        if (item["normalized"].Bool(absent: !token.Special) && normalizers.Normalize(token.Content) != token.Content)
        {
            throw item["normalized"].Refuse("is not supported for a text that the normalizer changes");
        }

        vocabulary.Add(item, token.Content, token.Id);
        return token;
    }
}

/// <summary>A text that is one token wherever it stands. <paramref name="Special"/>: a mark of structure, which no user's text may become.</summary>
internal sealed record AddedToken(int Id, string Content, bool Special);
