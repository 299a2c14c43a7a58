namespace CocoonOrleans.Inference.Grammars.Patterns;

/// <summary>The sets that ECMA-262 (22.2.2.9, CharacterClassEscape) gives a name.</summary>
internal static class PatternClasses
{
    private static readonly CodePointSet Digits = CodePointSet.Of(('0', '9'));
    private static readonly CodePointSet Word = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    private static readonly CodePointSet LineEnds = CodePointSet.Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029));

    private static readonly CodePointSet Space = CodePointSet.Of(
        (9, 13), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>What a dot stands for.</summary>
    public static CodePointSet Dot { get; } = LineEnds.Complement();

    /// <summary>What the letter after a backslash stands for; null where it names no set.</summary>
    public static CodePointSet? Of(char letter) => letter switch
    {
        'd' => Digits,
        'D' => Digits.Complement(),
        'w' => Word,
        'W' => Word.Complement(),
        's' => Space,
        'S' => Space.Complement(),
        _ => null,
    };
}
