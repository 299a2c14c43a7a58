using System.Text;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>What people do to a wording: an opener, a closer, no capitals, no full stop, a slip of the finger (if <paramref name="withSlips"/>). Slots (<c>{x}</c>) are never touched.</summary>
public sealed class Noise(bool withSlips)
{
    private readonly IReadOnlyList<string> _openers = WordingFile.Lines("openers");
    private readonly IReadOnlyList<string> _closers = WordingFile.Lines("closers");

    /// <summary>The wording as somebody may type it.</summary>
    /// <param name="dice">Chooses.</param>
    /// <param name="wording">Starts with a small letter unless its first word always has a capital.</param>
    /// <param name="framed">Whether openers and closers may stand around it.</param>
    public string Apply(Dice dice, string wording, bool framed)
    {
        var text = wording;
        if (framed && dice.Chance(10) && !EndsWithText(text))
        {
            text = Close(text, dice.Pick(_closers));
        }

        var opener = framed && dice.Chance(35) ? dice.Pick(_openers) : "";
        var afterStop = opener.Length == 0 || opener[^1] is '.' or '!' or '?';
        text = dice.Chance(85) && afterStop ? WordList.Capitalise(text) : text;
        text = opener.Length == 0 ? text : $"{(dice.Chance(80) ? WordList.Capitalise(opener) : opener)} {text}";
        text = Punctuate(dice, text);
        text = withSlips && dice.Chance(8) ? Slip(dice, text) : text;
        text = dice.Chance(22) ? Lower(text) : text;
        return dice.Chance(6) ? text.Replace("'", "", StringComparison.Ordinal) : text;
    }

    private static bool EndsWithText(string text) => text.EndsWith("{t}", StringComparison.Ordinal);

    private static bool IsOpenEnd(string text) => (char.IsLetter(text[^1]) || text[^1] == '}') && !EndsWithText(text);

    private static string Close(string text, string closer)
    {
        var end = text[^1] is '.' or '?' or '!' ? text[^1].ToString() : "";
        return text[..^end.Length] + (closer[0] == ',' ? closer : " " + closer) + end;
    }

    private static string Punctuate(Dice dice, string text)
    {
        var bare = text[^1] is '.' or '?' or '!' && text.Length > 1 ? text[..^1] : text;
        return dice.Next(20) switch
        {
            < 4 => bare,
            4 when text[^1] is '?' or '!' => text + text[^1],
            5 when text[^1] == '.' => bare + "!",
            6 when bare.Length == text.Length && IsOpenEnd(text) => text + ".",
            7 when bare.Length == text.Length && IsOpenEnd(text) => text + "!",
            _ => text,
        };
    }

    /// <summary>Doubles, drops or swaps one letter inside a word of the wording.</summary>
    private static string Slip(Dice dice, string text)
    {
        var places = Enumerable.Range(1, Math.Max(0, text.Length - 3)).Where(i => IsInsideWord(text, i)).ToArray();
        if (places.Length == 0)
        {
            return text;
        }

        var at = dice.Pick(places);
        return dice.Next(3) switch
        {
            0 => text.Insert(at, text[at].ToString()),
            1 => text.Remove(at, 1),
            _ => $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}",
        };
    }

    private static bool IsInsideWord(string text, int at) =>
        char.IsLetter(text[at - 1]) && char.IsLetter(text[at]) && char.IsLetter(text[at + 1]) && text.LastIndexOf('{', at) <= text.LastIndexOf('}', at);

    private static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        var inSlot = false;
        foreach (var c in text)
        {
            inSlot = c == '{' || (inSlot && c != '}');
            lower.Append(inSlot ? c : char.ToLowerInvariant(c));
        }

        return lower.ToString();
    }
}
