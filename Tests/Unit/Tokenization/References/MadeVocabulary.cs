using System.Text;
using System.Text.Json.Nodes;

namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>Vocabularies of our own, made of the hard texts with a fixed seed: about two thirds of their characters, and pieces of them.</summary>
internal static class MadeVocabulary
{
    private const int Pieces = 1_500;

    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>WordPiece: ids in order, the special tokens first.</summary>
    public static JsonObject WordPiece()
    {
        var tokens = Characters(seed: 1).SelectMany(character => new[] { character, "##" + character })
            .Concat(PiecesOf(seed: 2, text => text.ToLowerInvariant(), longest: 5).SelectMany((piece, i) => new[] { i % 2 == 0 ? piece : "##" + piece }));
        return new JsonObject
        {
            ["type"] = "WordPiece",
            ["unk_token"] = "[UNK]",
            ["continuing_subword_prefix"] = "##",
            ["max_input_chars_per_word"] = 100,
            ["vocab"] = Numbered(Special.Concat(tokens)),
        };
    }

    /// <summary>Unigram: scores from -2 to -14, as logarithms of probabilities would be.</summary>
    public static JsonObject Unigram(bool byteFallback)
    {
        var random = new Random(3);
        var vocabulary = new JsonArray { new JsonArray("<unk>", 0.0), new JsonArray("<s>", 0.0), new JsonArray("</s>", 0.0) };
        var bytes = byteFallback ? Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>") : [];
        var pieces = PiecesOf(seed: 4, text => text.Replace(' ', '▁'), longest: 6);
        foreach (var token in Characters(seed: 5).Append("▁").Concat(pieces).Except(["<unk>", "<s>", "</s>"]).Distinct())
        {
            vocabulary.Add(new JsonArray(token, -2 - 12 * random.NextDouble()));
        }

        foreach (var token in bytes)
        {
            vocabulary.Add(new JsonArray(token, 0.0));
        }

        return new JsonObject { ["type"] = "Unigram", ["unk_id"] = 0, ["vocab"] = vocabulary, ["byte_fallback"] = byteFallback };
    }

    /// <summary>BPE: trained for some hundred merges on the hard texts, cut at spaces.</summary>
    /// <param name="write">How a text is written before its words are cut.</param>
    /// <param name="prefix">Mark of a symbol inside a word, or empty.</param>
    /// <param name="suffix">Mark of the symbol that ends a word, or empty.</param>
    /// <param name="options">Further options of the model.</param>
    public static JsonObject BytePairs(Func<string, string> write, string prefix, string suffix, JsonObject? options = null)
    {
        var words = HardTexts.All.Where(text => text.Length < 200 && !text.Contains('<')).SelectMany(text => write(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => Symbols(word, prefix, suffix)).Where(word => word.Count > 0).ToList();
        var kept = new HashSet<string>(Characters(seed: 6));
        var alphabet = words.SelectMany(word => word).Distinct().Where(symbol => symbol[0] < 0x180 || kept.Contains(Bare(symbol, prefix, suffix))).Order(StringComparer.Ordinal).ToList();
        var known = alphabet.ToHashSet();
        words.RemoveAll(word => !word.All(known.Contains));
        var merges = Train(words, prefix);
        var tokens = alphabet.Concat(merges.Select(merge => merge.Left + merge.Right[prefix.Length..]));
        var bytes = Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>");
        var model = options ?? [];
        model["type"] = "BPE";
        model["vocab"] = Numbered(new[] { "<unk>", "<s>", "</s>" }.Concat(bytes).Concat(tokens));
        model["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)new JsonArray(merge.Left, merge.Right))]);
        model["unk_token"] = "<unk>";
        model["continuing_subword_prefix"] = prefix.Length > 0 ? prefix : null;
        model["end_of_word_suffix"] = suffix.Length > 0 ? suffix : null;
        return model;
    }

    private static List<(string Left, string Right)> Train(List<List<string>> words, string prefix)
    {
        var merges = new List<(string Left, string Right)>();
        while (merges.Count < 300)
        {
            var pairs = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair).Where(group => group.Count() > 1)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.First + " " + group.Key.Second, StringComparer.Ordinal).ToArray();
            if (pairs.Length == 0)
            {
                break;
            }

            var (left, right) = pairs[0].Key;
            merges.Add((left, right));
            foreach (var word in words)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] = left + right[prefix.Length..];
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }

        return merges;
    }

    private static List<string> Symbols(string word, string prefix, string suffix)
    {
        var runes = Runes(word).ToArray();
        return [.. runes.Select((rune, i) => (i > 0 ? prefix : "") + rune + (i == runes.Length - 1 ? suffix : ""))];
    }

    private static string Bare(string symbol, string prefix, string suffix)
    {
        symbol = prefix.Length > 0 && symbol.StartsWith(prefix, StringComparison.Ordinal) ? symbol[prefix.Length..] : symbol;
        return suffix.Length > 0 && symbol.EndsWith(suffix, StringComparison.Ordinal) ? symbol[..^suffix.Length] : symbol;
    }

    /// <summary>Two thirds of the characters that the texts have, in whatever form a normalizer gives them.</summary>
    private static IEnumerable<string> Characters(int seed)
    {
        var random = new Random(seed);
        return HardTexts.All.SelectMany(text => Runes(text + text.ToLowerInvariant())).Distinct()
            .Where(rune => rune.Value != ' ').Order().Where(rune => rune.Value < 128 || random.Next(3) > 0).Select(rune => rune.ToString()).ToArray();
    }

    private static IEnumerable<string> PiecesOf(int seed, Func<string, string> write, int longest)
    {
        var random = new Random(seed);
        var texts = HardTexts.All.Select(text => Runes(write(text)).ToArray()).Where(text => text.Length > 1).ToArray();
        for (var i = 0; i < Pieces; i++)
        {
            var text = texts[random.Next(texts.Length)];
            var start = random.Next(text.Length - 1);
            var piece = string.Concat(text.Skip(start).Take(random.Next(2, longest + 1)));
            if (!piece.Contains(' '))
            {
                yield return piece;
            }
        }
    }

    private static IEnumerable<Rune> Runes(string text) => text.EnumerateRunes();

    private static JsonObject Numbered(IEnumerable<string> tokens)
    {
        var vocabulary = new JsonObject();
        foreach (var token in tokens)
        {
            vocabulary.TryAdd(token, vocabulary.Count);
        }

        return vocabulary;
    }
}
