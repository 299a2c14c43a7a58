using System.Text.Json;
using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Models;

/// <summary>Tokens and their ids, both ways. Ids may have holes.</summary>
internal sealed class Vocabulary
{
    /// <summary>The largest id we accept; the largest known vocabularies have about 260,000 tokens.</summary>
    public const int LargestId = (1 << 20) - 1;

    /// <summary>The longest token we accept, in characters.</summary>
    public const int LongestToken = 4096;

    private readonly Dictionary<string, int> _ids = [];
    private readonly List<string?> _tokens = [];

    /// <summary>The highest id plus one.</summary>
    public int Size => _tokens.Count;

    /// <summary>Reads an object of tokens and their ids.</summary>
    public static Vocabulary Read(JsonField field)
    {
        var vocabulary = new Vocabulary();
        if (field.Element.ValueKind != JsonValueKind.Object)
        {
            throw field.Refuse("must be an object of tokens and their ids");
        }

        foreach (var member in field.Element.EnumerateObject())
        {
            var token = field.NameOf(member);
            if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt32(out var id) || id is < 0 or > LargestId)
            {
                throw field.Refuse($"the id of {JsonField.Quote(token)} must be a whole number from 0 to {LargestId}");
            }

            vocabulary.Add(field, token, id);
        }

        return vocabulary;
    }

    /// <summary>Reads an array of tokens with their scores: a token's place is its id.</summary>
    /// <returns>The vocabulary, and the score of each id.</returns>
    public static (Vocabulary Vocabulary, double[] Scores) ReadScored(JsonField field)
    {
        var vocabulary = new Vocabulary();
        var scores = new List<double>();
        foreach (var item in field.Items(LargestId + 1))
        {
            var parts = item.Items(2).ToArray();
            if (parts.Length != 2)
            {
                throw item.Refuse("must be a token and its score");
            }

            vocabulary.Add(item, parts[0].String(), scores.Count);
            scores.Add(parts[1].Real());
        }

        return (vocabulary, [.. scores]);
    }

    /// <summary>Adds a token; the same token with the same id may come twice, as added tokens often do.</summary>
    public void Add(JsonField field, string token, int id)
    {
        if (token.Length > LongestToken)
        {
            throw field.Refuse($"the token {JsonField.Quote(token)} has more than {LongestToken} characters");
        }

        var known = TokenOf(id);
        if (known is not null && known != token)
        {
            throw field.Refuse($"{JsonField.Quote(token)} and {JsonField.Quote(known)} both have the id {id}");
        }

        if (!_ids.TryAdd(token, id) && _ids[token] != id)
        {
            throw field.Refuse($"{JsonField.Quote(token)} has the ids {_ids[token]} and {id}");
        }

        while (_tokens.Count <= id)
        {
            _tokens.Add(null);
        }

        _tokens[id] = token;
    }

    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    public int? IdOf(ReadOnlySpan<char> token) => _ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out var id) ? id : null;

    public string? TokenOf(int id) => id >= 0 && id < _tokens.Count ? _tokens[id] : null;
}
