using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace CocoonOrleans.Tokenization.Characters;

/// <summary>
/// What a character is to the steps of a tokenizer file. Punctuation, marks and what cleaning removes are those of Unicode 8, as in Hugging Face's tokenizers
/// (<c>CharacterRanges.txt</c>, made by <c>generate-tables.mjs</c> of the tests): models were trained so, whatever Unicode has added since.
/// </summary>
internal static class CharacterClasses
{
    private const int CodePoints = 0x110000;

    private static readonly ImmutableArray<Classes> Table = MakeTable();

    [Flags]
    private enum Classes : byte
    {
        None = 0,
        WhiteSpace = 1,
        Word = 2,
        Numeric = 4,
        Punctuation = 8,
        Mark = 16,
        NonspacingMark = 32,
        RemovedByCleaning = 64,
    }

    /// <summary>Unicode's property White_Space.</summary>
    public static bool IsWhiteSpace(Rune rune) => Is(rune, Classes.WhiteSpace);

    /// <summary>What <c>\w</c> means in Unicode Technical Standard 18: alphabetic, marks, decimal digits, connectors, joiners.</summary>
    public static bool IsWord(Rune rune) => Is(rune, Classes.Word);

    /// <summary>Any kind of number: general category N.</summary>
    public static bool IsNumeric(Rune rune) => Is(rune, Classes.Numeric);

    /// <summary>General category P, and ASCII's signs such as $ and +, which BERT counts too.</summary>
    public static bool IsPunctuation(Rune rune) => Is(rune, Classes.Punctuation);

    /// <summary>General category M.</summary>
    public static bool IsMark(Rune rune) => Is(rune, Classes.Mark);

    /// <summary>General category Mn.</summary>
    public static bool IsNonspacingMark(Rune rune) => Is(rune, Classes.NonspacingMark);

    /// <summary>What BERT cleans a text of: NUL, U+FFFD, controls, formats and private use, except tab, line feed and carriage return.</summary>
    public static bool IsRemovedByCleaning(Rune rune) => Is(rune, Classes.RemovedByCleaning);

    /// <summary>Whether BERT sets the character apart: the blocks of Chinese characters, as its <c>tokenization.py</c> lists them.</summary>
    public static bool IsChinese(Rune rune) => rune.Value is
        (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);

    private static bool Is(Rune rune, Classes wanted) => (Table[rune.Value] & wanted) != 0;

    private static ImmutableArray<Classes> MakeTable()
    {
        var table = new Classes[CodePoints];
        for (var codePoint = 0; codePoint < CodePoints; codePoint++)
        {
            table[codePoint] = Rune.IsValid(codePoint) ? ClassesOf(new Rune(codePoint)) : Classes.None;
        }

        using var ranges = new StreamReader(typeof(CharacterClasses).Assembly.GetManifestResourceStream("CharacterRanges.txt")!);
        while (ranges.ReadLine() is { } line)
        {
            AddRanges(table, line.Split(' '));
        }

        return [.. table];
    }

    private static Classes ClassesOf(Rune rune)
    {
        var classes = Rune.IsWhiteSpace(rune) ? Classes.WhiteSpace : Classes.None;
        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber:
                classes |= Classes.Numeric | Classes.Word;
                break;
            case UnicodeCategory.OtherNumber:
                classes |= Classes.Numeric;
                break;
            case UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.ConnectorPunctuation:
                classes |= Classes.Word;
                break;
        }

        // The joiners, and letters in circles and squares: alphabetic, although their category says symbol.
        return rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189)
            ? classes | Classes.Word
            : classes;
    }

    /// <summary>A line is the name of a class and its ranges: <c>Mark 300-36f 483-489 ...</c>.</summary>
    private static void AddRanges(Classes[] table, string[] words)
    {
        if (words[0] == "#")
        {
            return;
        }

        var added = Enum.Parse<Classes>(words[0]);
        foreach (var range in words.AsSpan(1))
        {
            var ends = range.Split('-');
            for (var codePoint = Hex(ends[0]); codePoint <= Hex(ends[^1]); codePoint++)
            {
                table[codePoint] |= added;
            }
        }
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
