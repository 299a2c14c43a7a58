using System.Text.RegularExpressions;
using CocoonOrleans.HouseModel.Text;

namespace CocoonOrleans.HouseModel.Vocabulary;

/// <summary>
/// Chooses the words that are one token each: the frequent ones of generated text. All other text is spelt in bytes, which is what makes names,
/// operands and the words to spell or reverse easy to copy letter by letter: those are never words of the vocabulary.
/// </summary>
public sealed partial class VocabularyBuilder
{
    /// <summary>Where text is cut into pieces: words with a space before them, single digits, runs of signs, single white space.</summary>
    public const string Pattern = @" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s";

    private const int Dialogues = 40_000;
    private readonly Generator _generator = new(TextMix.Early, withSlips: false);
    private const int FewestUses = 12;

    /// <summary>The pieces, by falling use; the same for the same seed.</summary>
    /// <param name="seed">Seed of the text that is counted.</param>
    /// <param name="most">Most pieces to return.</param>
    public IReadOnlyList<string> Build(ulong seed, int most)
    {
        var dice = new Dice(seed);
        var letters = WordList.Spelt.Concat(WordingFile.Words("topics")).Concat(WordingFile.Words("places")).Select(word => word.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var texts = Enumerable.Range(0, Dialogues).Select(_ => _generator.Next(dice)).SelectMany(Texts);
        var counted = texts.SelectMany(text => Pieces().Matches(text).Select(match => match.Value)).CountBy(piece => piece)
            .Where(piece => piece.Value >= FewestUses && piece.Key.Length > 1 && !letters.Contains(piece.Key.Trim().ToLowerInvariant()))
            .OrderByDescending(piece => piece.Value).ThenBy(piece => piece.Key, StringComparer.Ordinal).Select(piece => piece.Key);
        return [.. WordList.Dictionary.SelectMany(row => row.Skip(1)).Where(IsOnePiece).Concat(counted).Distinct(StringComparer.Ordinal).Take(most)];
    }

    private static IEnumerable<string> Texts(Dialogue dialogue) =>
        (dialogue.System is null ? [] : new[] { dialogue.System }).Append("user\nassistant\nsystem\ntool\nTools:\n")
            .Concat(dialogue.Tools.Select(tool => $"{tool}\n")).Concat(dialogue.Turns.SelectMany(turn => turn.Results))
            .Concat(dialogue.Turns.Where(turn => turn.Skill is not ("spelling" or "reversing")).SelectMany(turn => new[] { turn.User, turn.Answer }));

    /// <summary>A word of the dictionary that is also to be spelt, or that holds an apostrophe, stays in letters.</summary>
    private static bool IsOnePiece(string word) => !WordList.Spelt.Contains(word) && Pieces().Match(word).Length == word.Length && word.Length > 1;

    [GeneratedRegex(Pattern)]
    private static partial Regex Pieces();
}
