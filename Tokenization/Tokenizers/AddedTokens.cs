using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using CocoonOrleans.Tokenization.Characters;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;
using CocoonOrleans.Tokenization.Normalization;

namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>Some of the <c>added_tokens</c> of a tokenizer file: texts that are one token wherever they stand, and never part of a piece. Thread-safe.</summary>
internal sealed class AddedTokens
{
    private const int Most = 16_384;

    /// <summary>Most characters of all added tokens together: finding them all at once takes memory for each. Gemma 3 has 75,000.</summary>
    private const int MostCharacters = 512 * 1024;

    private readonly JsonField _field;
    private readonly Dictionary<string, AddedToken> _tokens;
    private readonly ImmutableArray<int> _lengths;
    private readonly SearchValues<string> _all;

    public AddedTokens(JsonField field, IReadOnlyCollection<AddedToken> tokens)
    {
        _field = field;
        _tokens = tokens.DistinctBy(token => token.Content).ToDictionary(token => token.Content);
        _lengths = [.. _tokens.Keys.Select(content => content.Length).Distinct().OrderDescending()];
        _all = SearchValues.Create([.. _tokens.Keys], StringComparison.Ordinal);
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

    /// <summary>Cuts a text at its added tokens: the longest at the leftmost place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isSpecialAllowedUntil">For a place in the text: up to which place a special token that starts there may reach.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>The parts in order; none is empty.</returns>
    public IEnumerable<TextPart> Cut(string text, Func<int, int> isSpecialAllowedUntil, EncodingDeadline deadline)
    {
        var (start, from) = (0, 0);
        while (from < text.Length && text.AsSpan(from).IndexOfAny(_all) is >= 0 and var next)
        {
            deadline.Check(_field);
            from += next;
            if (Longest(text.AsSpan(from), isSpecialAllowedUntil(from) - from) is not { } token)
            {
                from++;
                continue;
            }

            var end = from + token.Content.Length;
            if (token.SingleWord && !StandsAlone(text, from, end))
            {
                from = end;
                continue;
            }

            var left = token.TakesLeft ? start + text.AsSpan(start, from - start).TrimEnd().Length : from;
            end = token.TakesRight ? text.Length - text.AsSpan(end).TrimStart().Length : end;
            if (start < left)
            {
                yield return new TextPart(start, left, Token: null);
            }

            yield return new TextPart(left, end, token);
            (start, from) = (end, end);
        }

        if (start < text.Length)
        {
            yield return new TextPart(start, text.Length, Token: null);
        }
    }

    /// <summary>The longest token with which this text starts. A special one counts only if it ends before <paramref name="specialUntil"/>.</summary>
    private AddedToken? Longest(ReadOnlySpan<char> text, int specialUntil)
    {
        var tokens = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var length in _lengths)
        {
            if (length <= text.Length && tokens.TryGetValue(text[..length], out var token) && (!token.Special || length <= specialUntil))
            {
                return token;
            }
        }

        return null;
    }

    private static bool StandsAlone(string text, int start, int end)
    {
        var before = Rune.DecodeLastFromUtf16(text.AsSpan(0, start), out var last, out _) == OperationStatus.Done && CharacterClasses.IsWord(last);
        var after = Rune.DecodeFromUtf16(text.AsSpan(end), out var next, out _) == OperationStatus.Done && CharacterClasses.IsWord(next);
        return !before && !after;
    }

    private static AddedToken ReadToken(JsonField item, Vocabulary vocabulary, TextNormalizers normalizers)
    {
        item.AllowOnly("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        var token = new AddedToken(item["id"].Number(Vocabulary.LargestId), item["content"].String(), item["special"].Bool(absent: false))
        {
            SingleWord = item["single_word"].Bool(absent: false),
            TakesLeft = item["lstrip"].Bool(absent: false),
            TakesRight = item["rstrip"].Bool(absent: false),
        };
        if (token.Content.Length == 0)
        {
            throw item["content"].Refuse("must not be empty");
        }

        vocabulary.Add(item, token.Content, token.Id);
        return item["normalized"].Bool(absent: !token.Special) ? Normalized(item, token, vocabulary, normalizers) : token;
    }

    private static AddedToken Normalized(JsonField item, AddedToken token, Vocabulary vocabulary, TextNormalizers normalizers)
    {
        var content = normalizers.Normalize(token.Content, EncodingDeadline.Start());
        if (content.Length == 0)
        {
            throw item["normalized"].Refuse("is not supported for a token of which the normalizer leaves nothing");
        }

        token = token with { Content = content, Normalized = true };
        return token.Special ? token.AsSpecial(item["normalized"], vocabulary) : token;
    }
}
