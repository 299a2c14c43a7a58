using System.Text;
using System.Text.Json;
using CocoonOrleans.Inference.Grammars.Automata;
using CocoonOrleans.Inference.Grammars.Patterns;

namespace CocoonOrleans.Inference.Grammars.Schemas;

/// <summary>How JSON (RFC 8259) is written: the pieces that every schema is made of.</summary>
internal static class JsonText
{
    /// <summary>Digits of a whole number without bounds: a 64-bit integer holds it.</summary>
    public const int IntegerDigits = 18;

    private const string ShortEscapes = "\b\f\n\r\t\"\\";
    private const string ShortEscapeLetters = "bfnrt\"\\";

    private static readonly CodePointSet Unescaped = CodePointSet.Of((0x20, 0x21), (0x23, 0x5B), (0x5D, 0x10FFFF));

    private static readonly List<(byte Low, byte High)[]> UnescapedRows = Utf8Rows.Of(Unescaped);

    private static readonly Fragment HexDigit = Fragments.Choice(Fragments.Range('0', '9'), Fragments.Range('A', 'F'), Fragments.Range('a', 'f'));

    private static readonly Fragment LetterD = Fragments.Choice(Fragments.Literal("D"), Fragments.Literal("d"));

    /// <summary>What follows <c>\u</c>: any number but those of halves of surrogate pairs, or both halves.</summary>
    private static readonly Fragment NumberedEscape = Fragments.Choice(
        Fragments.Concat(OneOf("0-9", "A-C", "E-F", "a-c", "e-f"), HexDigit, HexDigit, HexDigit),
        Fragments.Concat(LetterD, OneOf("0-7"), HexDigit, HexDigit),
        Fragments.Concat(LetterD, OneOf("8-9", "A-B", "a-b"), HexDigit, HexDigit, Fragments.Literal("\\u"), LetterD, OneOf("C-F", "c-f"), HexDigit, HexDigit));

    /// <summary>One character out of a set in one form: as it is where JSON allows it, else by its shortest escape.</summary>
    public static CharacterEncoding Canonical { get; } = static set =>
    {
        var plain = Fragments.Rows(Utf8Rows.Of(CodePointSet.Union(Unescaped.Ranges.Select(range => set.Within(range.Low, range.High)))));
        var escaped = Enumerable.Range(0, 0x80).Where(value => !Unescaped.Contains(value) && set.Contains(value));
        return Fragments.Choice([plain, .. escaped.Select(value => Fragments.Literal(Escape((char)value)))]);
    };

    /// <summary>Any number of characters that need no escape, written without.</summary>
    public static Fragment PlainCharacters { get; } = Fragments.Many(Fragments.Rows(UnescapedRows));

    /// <summary>Any string.</summary>
    public static Fragment AnyString { get; } = Quoted(Fragments.Many(static (nfa, from) =>
    {
        var end = nfa.Add();
        AddCharacter(nfa, from, end, Guard.None);
        return end;
    }));

    /// <summary>A space or none: after a colon and after a comma.</summary>
    public static Fragment Gap { get; } = Fragments.Optional(Fragments.Literal(" "));

    /// <summary>A digit.</summary>
    public static Fragment Digit { get; } = Fragments.Range('0', '9');

    /// <summary>A whole number of up to 18 digits, without an exponent. There is no -0.</summary>
    public static Fragment AnyInteger { get; } = Fragments.Choice(
        Fragments.Literal("0"),
        Fragments.Concat(Fragments.Optional(Fragments.Literal("-")), Fragments.Range('1', '9'), Fragments.Repeat(Digit, 0, IntegerDigits - 1)));

    /// <summary>A number: up to 18 digits before the point, up to 18 behind, an exponent of one or two digits.</summary>
    public static Fragment AnyNumber { get; } = Fragments.Concat(
        Fragments.Optional(Fragments.Literal("-")),
        Fragments.Choice(Fragments.Literal("0"), Fragments.Concat(Fragments.Range('1', '9'), Fragments.Repeat(Digit, 0, IntegerDigits - 1))),
        Fragments.Optional(Fragments.Concat(Fragments.Literal("."), Fragments.Repeat(Digit, 1, IntegerDigits))),
        Fragments.Optional(Fragments.Concat(
            Fragments.Choice(Fragments.Literal("e"), Fragments.Literal("E")),
            Fragments.Optional(Fragments.Choice(Fragments.Literal("+"), Fragments.Literal("-"))),
            Fragments.Repeat(Digit, 1, 2))));

    /// <summary>Puts a string's content between quotes.</summary>
    public static Fragment Quoted(Fragment content) => Fragments.Concat(Fragments.Literal("\""), content, Fragments.Literal("\""));

    /// <summary>
    /// Adds one character of a string in any form that JSON has, from one node to another: as it is, by a short escape, by its number. Halves of a
    /// surrogate pair are written in pairs only.
    /// </summary>
    /// <param name="nfa">The automaton.</param>
    /// <param name="from">The node before the character.</param>
    /// <param name="to">The node behind it.</param>
    /// <param name="guard">What its first byte asks of the counter.</param>
    public static void AddCharacter(Nfa nfa, int from, int to, Guard guard)
    {
        foreach (var row in UnescapedRows)
        {
            Fragments.ReadRow(nfa, from, row, to, guard);
        }

        var escape = nfa.Add();
        nfa.Read(from, (byte)'\\', (byte)'\\', escape, guard);
        foreach (var letter in "\"\\/bfnrt"u8)
        {
            nfa.Read(escape, letter, letter, to);
        }

        var number = nfa.Add();
        nfa.Read(escape, (byte)'u', (byte)'u', number);
        nfa.Link(NumberedEscape(nfa, number), to);
    }

    /// <summary>A string as it is written here: without any escape that is not needed.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(Unescaped.Contains(character) || char.IsSurrogate(character) ? character.ToString() : Escape(character));
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>A value as it is written here: without white space; numbers as they stand.</summary>
    public static string Write(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Quote(value.GetString()!),
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Write))}]",
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().Select(member => $"{Quote(member.Name)}:{Write(member.Value)}"))}}}",
        _ => value.GetRawText(),
    };

    private static string Escape(char character)
        => ShortEscapes.IndexOf(character, StringComparison.Ordinal) is var at and >= 0 ? $"\\{ShortEscapeLetters[at]}" : $"\\u{(int)character:x4}";

    private static Fragment OneOf(params IEnumerable<string> ranges) => Fragments.Choice([.. ranges.Select(range => Fragments.Range(range[0], range[2]))]);
}
