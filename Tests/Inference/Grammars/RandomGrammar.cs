namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>A random grammar over a and b, written as GBNF, with a matcher of its own: the sets of places where a piece may end.</summary>
internal sealed class RandomGrammar
{
    private readonly List<Piece> _rules;

    private RandomGrammar(List<Piece> rules)
    {
        _rules = rules;
        Text = string.Concat(rules.Select((rule, number) => $"{NameOf(number)} ::= {Write(rule)}\n"));
    }

    public string Text { get; }

    public static RandomGrammar Make(Random dice)
    {
        // A rule names later ones only, so nothing is inside itself.
        var count = dice.Next(1, 5);
        return new RandomGrammar([.. Enumerable.Range(0, count).Select(number => MakePiece(dice, 3, number + 1, count))]);
    }

    public bool Has(string text) => Ends(new(ReferenceEqualityComparer.Instance), _rules[0], text, 0).Contains(text.Length);

    private static string NameOf(int number) => number == 0 ? "root" : $"rule-{number}";

    private static Piece MakePiece(Random dice, int depth, int firstRule, int rules) => dice.Next(depth == 0 ? 3 : 8) switch
    {
        0 => new Piece("literal", "ab"[dice.Next(2)].ToString(), [], 0, 0),
        1 => new Piece("class", dice.Next(2) == 0 ? "[ab]" : "[^b]", [], 0, 0),
        2 when firstRule < rules => new Piece("rule", "", [], dice.Next(firstRule, rules), 0),
        2 => new Piece("literal", "", [], 0, 0),
        3 or 4 => new Piece("sequence", "", [.. Enumerable.Range(0, dice.Next(1, 4)).Select(_ => MakePiece(dice, depth - 1, firstRule, rules))], 0, 0),
        5 or 6 => new Piece("alternatives", "", [.. Enumerable.Range(0, dice.Next(1, 4)).Select(_ => MakePiece(dice, depth - 1, firstRule, rules))], 0, 0),
        _ => new Piece("repetition", "", [MakePiece(dice, depth - 1, firstRule, rules)], dice.Next(3), dice.Next(4) == 0 ? int.MaxValue : dice.Next(2, 4)),
    };

    private static string Write(Piece piece) => piece.Kind switch
    {
        "literal" => $"\"{piece.Letters}\"",
        "class" => piece.Letters,
        "rule" => NameOf(piece.Low),
        "sequence" => $"({string.Join(' ', piece.Parts.Select(Write))})",
        "alternatives" => $"({string.Join(" | ", piece.Parts.Select(Write))})",
        _ => $"({Write(piece.Parts[0])}){{{piece.Low},{(piece.High == int.MaxValue ? "" : piece.High)}}}",
    };

    /// <summary>Each piece looks once at each place: repetitions inside each other would look again and again.</summary>
    private HashSet<int> Ends(Dictionary<Piece, Dictionary<int, HashSet<int>>> known, Piece piece, string text, int from)
    {
        if (!known.TryGetValue(piece, out var places))
        {
            known.Add(piece, places = []);
        }

        if (!places.TryGetValue(from, out var ends))
        {
            places[from] = ends = FindEnds(known, piece, text, from);
        }

        return ends;
    }

    private HashSet<int> FindEnds(Dictionary<Piece, Dictionary<int, HashSet<int>>> known, Piece piece, string text, int from)
    {
        switch (piece.Kind)
        {
            case "literal":
                return text.AsSpan(from).StartsWith(piece.Letters, StringComparison.Ordinal) ? [from + piece.Letters.Length] : [];
            case "class":
                // [^b] is any character but b: an answer may hold others than a.
                return from < text.Length && (piece.Letters == "[ab]" ? text[from] is 'a' or 'b' : text[from] != 'b') ? [from + (char.IsHighSurrogate(text[from]) ? 2 : 1)] : [];
            case "rule":
                return Ends(known, _rules[piece.Low], text, from);
            case "sequence":
                return piece.Parts.Aggregate(new HashSet<int> { from }, (ends, part) => [.. ends.SelectMany(end => Ends(known, part, text, end))]);
            case "alternatives":
                return [.. piece.Parts.SelectMany(part => Ends(known, part, text, from))];
            default:
                var (reached, ends) = (new HashSet<int> { from }, piece.Low == 0 ? new HashSet<int> { from } : []);
                for (var times = 1; times <= Math.Min(piece.High, text.Length + piece.Low + 1) && reached.Count > 0; times++)
                {
                    reached = [.. reached.SelectMany(end => Ends(known, piece.Parts[0], text, end))];
                    ends.UnionWith(times >= piece.Low ? reached : []);
                }

                return ends;
        }
    }

    private sealed record Piece(string Kind, string Letters, IReadOnlyList<Piece> Parts, int Low, int High);
}
