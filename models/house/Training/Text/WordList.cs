using System.Text;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>Words that fill slots: from our lists, and invented without end, so that a model learns to copy instead of learning a list.</summary>
public static class WordList
{
    private const int PercentOfVowelStarts = 20;
    private const string Vowels = "aeiou";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private static readonly string[] Onsets = ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "j", "w", "c", "br", "st", "tr", "sh", "ch", "gl", "kr", "pl"];
    private static readonly string[] Codas = ["n", "r", "s", "l", "m", "t", "ck", "nd", "x", "y"];

    /// <summary>Languages that words are translated to, in the order of the dictionary's columns after English.</summary>
    public static readonly IReadOnlyList<string> Languages = ["Spanish", "German", "Portuguese", "Russian", "Ukrainian"];

    /// <summary>English and its five translations, a row a word.</summary>
    public static IReadOnlyList<string[]> Dictionary { get; } = [.. WordingFile.Lines("dictionary").Select(line => line.Split(' '))];

    /// <summary>English words to spell and to reverse.</summary>
    public static IReadOnlyList<string> Spelt { get; } = [.. WordingFile.Words("nouns").Concat(Dictionary.Select(row => row[0])).Distinct(StringComparer.Ordinal)];

    /// <summary>A lower-case word of this many syllables that sounds like one.</summary>
    public static string Invent(Dice dice, int syllables)
    {
        var text = new StringBuilder();
        for (var i = 0; i < syllables; i++)
        {
            text.Append(i == 0 && dice.Chance(PercentOfVowelStarts) ? "" : dice.Pick(Onsets)).Append(Vowels[dice.Next(Vowels.Length)]).Append(dice.Chance(30) ? dice.Pick(Codas) : "");
        }

        return text.ToString();
    }

    /// <summary>An invented name with a capital.</summary>
    public static string InventName(Dice dice) => Capitalise(Invent(dice, 2 + dice.Next(2)));

    /// <summary>A word to spell: from the lists, invented, or any letters at all. Three to ten letters, some with a capital.</summary>
    public static string AnyWord(Dice dice)
    {
        var word = dice.Next(10) switch
        {
            < 3 => dice.Pick(Spelt),
            < 7 => Invent(dice, 1 + dice.Next(3)),
            _ => string.Concat(Enumerable.Range(0, 3 + dice.Next(6)).Select(_ => Letters[dice.Next(Letters.Length)])),
        };
        word = word.Length > 10 ? word[..10] : word;
        return dice.Chance(15) ? Capitalise(word) : word;
    }

    /// <summary>The text with its first letter as a capital.</summary>
    public static string Capitalise(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
