namespace CocoonOrleans.Inference.Models.Vocabularies;

/// <summary>
/// SentencePiece's BPE joins whatever two tokens make the token of the highest score; Hugging Face's joins the pair that stands first in a list. This makes
/// the list out of the scores: all pairs of tokens that make a token, the highest first.
/// </summary>
internal static class SentencePieceMerges
{
    /// <summary>Work that a hostile file may cause: characters looked at.</summary>
    private const long MostCharacters = 1 << 30;

    /// <summary>Pairs, and characters of them: several times what the largest vocabularies have.</summary>
    private const int MostMerges = 1 << 21;

    private const int MostMergedCharacters = 32 << 20;

    /// <summary>The pairs; null where finding them would take too long, or there are too many.</summary>
    /// <param name="tokens">Tokens of text and their scores.</param>
    public static List<(string Left, string Right)>? Of(IReadOnlyDictionary<string, double> tokens)
    {
        if (tokens.Keys.Sum(token => (long)token.Length * token.Length) > MostCharacters)
        {
            return null;
        }

        var order = tokens.Keys.Select((token, index) => (token, index)).ToDictionary(pair => pair.token, pair => pair.index);
        var known = order.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<(string, string)>();
        var characters = 0;
        foreach (var token in tokens.OrderByDescending(pair => pair.Value).ThenBy(pair => order[pair.Key]).Select(pair => pair.Key))
        {
            var pairs = new List<(int Left, int Right, int Cut)>();
            for (var cut = 1; cut < token.Length; cut++)
            {
                if (known.TryGetValue(token.AsSpan(0, cut), out var left) && known.TryGetValue(token.AsSpan(cut), out var right))
                {
                    pairs.Add((left, right, cut));
                }
            }

            characters += pairs.Count * token.Length;
            if (merges.Count + pairs.Count > MostMerges || characters > MostMergedCharacters)
            {
                return null;
            }

            merges.AddRange(pairs.Order().Select(pair => (token[..pair.Cut], token[pair.Cut..])));
        }

        return merges;
    }
}
