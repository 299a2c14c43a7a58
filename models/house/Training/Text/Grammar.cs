using System.Text;

namespace CocoonOrleans.HouseModel.Text;

/// <summary>
/// A wording with alternatives: <c>(a|b)</c> is one of the two, <c>[a]</c> is a or nothing, and both nest. <c>{slot}</c> stays as it is.
/// </summary>
public sealed class Grammar
{
    private readonly IReadOnlyList<IReadOnlyList<Part>> _alternatives;

    private Grammar(IReadOnlyList<IReadOnlyList<Part>> alternatives) => _alternatives = alternatives;

    /// <summary>Reads a wording.</summary>
    /// <exception cref="FormatException">A bracket is not closed, or closes nothing.</exception>
    public static Grammar Parse(string source)
    {
        var at = 0;
        var grammar = ParseAlternatives(source, ref at);
        return at == source.Length ? grammar : throw new FormatException($"'{source[at]}' at {at} closes nothing: {source}");
    }

    /// <summary>One of all wordings, without doubled spaces.</summary>
    public string Expand(Dice dice)
    {
        var text = new StringBuilder();
        Expand(dice, text);
        return string.Join(' ', text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static Grammar ParseAlternatives(string source, ref int at)
    {
        var alternatives = new List<IReadOnlyList<Part>>();
        var parts = new List<Part>();
        var text = new StringBuilder();
        for (; at < source.Length && source[at] is not (')' or ']'); at++)
        {
            switch (source[at])
            {
                case '(' or '[':
                    parts.Add(new Part(Take(text), null));
                    parts.Add(ParseGroup(source, ref at));
                    break;
                case '|':
                    parts.Add(new Part(Take(text), null));
                    alternatives.Add(parts);
                    parts = [];
                    break;
                default:
                    text.Append(source[at]);
                    break;
            }
        }

        parts.Add(new Part(Take(text), null));
        alternatives.Add(parts);
        return new Grammar(alternatives);
    }

    private static Part ParseGroup(string source, ref int at)
    {
        var (start, optional) = (at++, source[at - 1] == '[');
        var inner = ParseAlternatives(source, ref at);
        if (at == source.Length || source[at] != (optional ? ']' : ')'))
        {
            throw new FormatException($"'{source[start]}' at {start} is not closed: {source}");
        }

        return new Part("", optional ? new Grammar([.. inner._alternatives, []]) : inner);
    }

    private static string Take(StringBuilder text)
    {
        var taken = text.ToString();
        text.Clear();
        return taken;
    }

    private void Expand(Dice dice, StringBuilder text)
    {
        foreach (var part in _alternatives.Count == 1 ? _alternatives[0] : dice.Pick(_alternatives))
        {
            text.Append(part.Text);
            part.Inner?.Expand(dice, text);
        }
    }

    private sealed record Part(string Text, Grammar? Inner);
}
