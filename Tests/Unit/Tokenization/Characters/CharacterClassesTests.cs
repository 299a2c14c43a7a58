using System.Globalization;
using System.Text;
using CocoonOrleans.Tests.Unit.Tokenization.References;
using CocoonOrleans.Tokenization.Characters;
using CocoonOrleans.Tokenization.Normalization;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization.Characters;

public sealed class CharacterClassesTests
{
    /// <summary>The table in the source, and the classes that come from .NET's own tables, which may be one version of Unicode behind.</summary>
    [SkippableFact]
    public async Task Classes_EveryCodePointThatDotNetKnows_AreThoseOfTheOriginal()
    {
        var lines = await ReferenceTokenizers.LinesOfAsync("generate-tables.mjs");
        var classes = lines.Where(line => line.Contains(' ')).ToDictionary(line => line[..line.IndexOf(' ')], line => line.Split(' ')[1..]);

        Assert.Equal(lines[..5], await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "Tokenization", "Characters", "CharacterRanges.txt")));
        Assert.Empty(Differing(classes["Punctuation"], CharacterClasses.IsPunctuation));
        Assert.Empty(Differing(classes["Mark"], CharacterClasses.IsMark));
        Assert.Empty(Differing(classes["NonspacingMark"], CharacterClasses.IsNonspacingMark));
        Assert.Empty(Differing(classes["RemovedByCleaning"], CharacterClasses.IsRemovedByCleaning));
        Assert.Empty(Differing(classes["WhiteSpace"], CharacterClasses.IsWhiteSpace));
        Assert.Empty(Differing(classes["Chinese"], CharacterClasses.IsChinese));
        Assert.Empty(Differing(classes["Numeric"], CharacterClasses.IsNumeric));
        Assert.Empty(Differing(classes["Word"], CharacterClasses.IsWord));
        AssertLowercase(classes["Lowercase"]);
    }

    private static IEnumerable<Rune> Known => Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(codePoint => new Rune(codePoint))
        .Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned);

    private static IEnumerable<string> Differing(string[] ranges, Func<Rune, bool> isIn)
    {
        var expected = ranges.Select(range => range.Split('-')).SelectMany(ends => Enumerable.Range(Hex(ends[0]), Hex(ends[^1]) - Hex(ends[0]) + 1)).ToHashSet();
        return Known.Where(rune => expected.Contains(rune.Value) != isIn(rune)).Select(rune => $"U+{rune.Value:X4}");
    }

    private static void AssertLowercase(string[] pairs)
    {
        var expected = pairs.Select(pair => pair.Split('=')).ToDictionary(pair => Hex(pair[0]), pair => string.Concat(pair[1].Split('+').Select(letter => new Rune(Hex(letter)))));
        var normalizer = new LowercaseNormalizer();

        Assert.DoesNotContain(Known, rune => normalizer.Normalize(rune.ToString(), EncodingDeadline.Start()) != expected.GetValueOrDefault(rune.Value, rune.ToString()));
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
