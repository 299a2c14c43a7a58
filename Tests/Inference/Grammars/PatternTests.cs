using System.Text;
using System.Text.RegularExpressions;
using CocoonOrleans.Inference.Grammars;

namespace CocoonOrleans.Tests.Inference.Grammars;

public sealed class PatternTests
{
    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("^a|b$", "a", "b")]
    [InlineData("a*b+c?", "b", "aabbc")]
    [InlineData("(ab|c){2,3}", "abab", "cabc")]
    [InlineData("a{2}", "aa")]
    [InlineData("a{2,}", "aa", "aaaaa")]
    [InlineData("(?:x|y)z", "xz", "yz")]
    [InlineData("(?<name>x)", "x")]
    [InlineData("a*?b+?", "b")]
    [InlineData("[^a-c]", "d", "ü", "😀", "\n")]
    [InlineData("[a\\-z\\]]+", "a-]z")]
    [InlineData("[-a]", "-", "a")]
    [InlineData("[a-]", "-", "a")]
    [InlineData("\\d\\w\\s", "1a ", "0_\t")]
    [InlineData("\\D\\W\\S", "a!x", "üüü")]
    [InlineData(".", "a", "😀")]
    [InlineData("\\u00e4\\x41\\u{1F600}\\ud83d\\ude00", "äA😀😀")]
    [InlineData("\\^\\$\\.\\/\\t", "^$./\t")]
    [InlineData("", "")]
    [InlineData("(a*)*", "", "aaa")]
    [InlineData("[一-龥]{2}", "中文")]
    public void Pattern_TextThatMatches_IsInTheGrammar(string pattern, params string[] texts)
    {
        var grammar = Grammar.FromPattern(pattern);
        Assert.All(texts, text => Assert.True(ByteVocabulary.Has(grammar, text), text));
    }

    [Theory]
    [InlineData("abc", "ab", "abcd", "")]
    [InlineData("(ab|c){2,3}", "ab", "cccc")]
    [InlineData("[^a-c]", "a", "dd")]
    [InlineData("\\d", "a", "٣")]
    [InlineData(".", "\n", "\u2028", "")]
    public void Pattern_TextThatDoesNotMatch_IsNotInTheGrammar(string pattern, params string[] texts)
    {
        var grammar = Grammar.FromPattern(pattern);
        Assert.All(texts, text => Assert.False(ByteVocabulary.Has(grammar, text), text));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[]")]
    [InlineData("[\\ud800-\\udfff\\u0041]")]
    [InlineData(")")]
    [InlineData("[")]
    [InlineData("[z-a]")]
    [InlineData("[\\d-a]")]
    [InlineData("a**")]
    [InlineData("*")]
    [InlineData("a{2,1}")]
    [InlineData("a{1001}")]
    [InlineData("a{x}")]
    [InlineData("a{1")]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)")]
    [InlineData("(?<!a)")]
    [InlineData("(a)\\1")]
    [InlineData("\\bword")]
    [InlineData("\\p{L}")]
    [InlineData("a^b")]
    [InlineData("a$b")]
    [InlineData("(^a)")]
    [InlineData("(a$)")]
    [InlineData("\\")]
    [InlineData("\\q")]
    [InlineData("\\x4")]
    [InlineData("\\u{110000}")]
    [InlineData("\\ud800")]
    [InlineData("((((a{1000}){1000}){1000}){1000})")]
    public void Pattern_MalformedOrNotSupported_IsRefused(string pattern)
        => Assert.Throws<GrammarException>(() => Grammar.FromPattern(pattern));

    [Fact]
    public void Pattern_TooLongTooDeepOrNoUnicode_IsRefused()
    {
        Assert.Throws<GrammarException>(() => Grammar.FromPattern(new string('a', 4097)));
        Assert.Throws<GrammarException>(() => Grammar.FromPattern(new string('(', 100) + new string(')', 100)));
        Assert.Throws<GrammarException>(() => Grammar.FromPattern("\ud800"));
    }

    [Fact]
    public void Pattern_RandomPatterns_HoldWhatRegexMatches()
    {
        var random = new Random(8);
        for (var run = 0; run < 400; run++)
        {
            var pattern = RandomPattern(random, 3);
            var (grammar, regex) = (Grammar.FromPattern(pattern), new Regex($@"\A(?:{pattern})\z", RegexOptions.ECMAScript));
            for (var text = 0; text < 40; text++)
            {
                var candidate = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => "abc"[random.Next(3)]));
                Assert.True(regex.IsMatch(candidate) == ByteVocabulary.Has(grammar, candidate), $"{pattern}: {candidate}");
            }
        }
    }

    [Fact]
    public void Pattern_RandomText_IsRefusedOrCompiled()
    {
        var random = new Random(9);
        const string Alphabet = "ab^$\\.*+?()[]{}|,-019dwsux<:=!pü";
        var compiled = 0;
        for (var run = 0; run < 3000; run++)
        {
            var pattern = new string([.. Enumerable.Range(0, random.Next(14)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            compiled += Record.Exception(() => Grammar.FromPattern(pattern)) switch
            {
                null => 1,
                GrammarException => 0,
                var other => throw new InvalidOperationException(pattern, other),
            };
        }

        Assert.InRange(compiled, 100, 2900);
    }

    [Fact]
    public void Any_Text_IsInTheGrammarExactlyIfItIsUtf8()
    {
        var grammar = Grammar.FromPattern("[^]*");
        var random = new Random(10);
        var valid = 0;
        for (var run = 0; run < 3000; run++)
        {
            var bytes = run % 2 == 0 ? Encoding.UTF8.GetBytes(new Rune(RandomScalar(random)).ToString()) : new byte[random.Next(5)];
            if (bytes.Length > 0 && run % 4 > 0)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(128, 256);
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(2) == 0 ? 0xE0 + random.Next(32) : random.Next(128, 192));
            }

            var expected = System.Text.Unicode.Utf8.IsValid(bytes);
            valid += expected ? 1 : 0;
            Assert.True(expected == ByteVocabulary.Has(grammar, bytes), Convert.ToHexString(bytes));
        }

        Assert.InRange(valid, 500, 2500);
    }

    [Fact]
    public void String_EveryCharacter_MayStandInIt()
    {
        var grammar = ByteVocabulary.Schema("""{"type":"string","minLength":1,"maxLength":1}""");
        var random = new Random(11);
        foreach (var value in Enumerable.Range(0, 0x300).Concat(Enumerable.Range(0, 500).Select(_ => RandomScalar(random))).Concat([0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF]))
        {
            var text = new Rune(value).ToString();
            var plain = value >= 0x20 && value is not ('"' or '\\');
            Assert.Equal(plain, ByteVocabulary.Has(grammar, $"\"{text}\""));
            Assert.True(ByteVocabulary.Has(grammar, $"\"{string.Concat(text.Select(half => $"\\u{(int)half:X4}"))}\""));
        }
    }

    private static int RandomScalar(Random random)
        => random.Next(0x110000) is var value && Rune.IsValid(value) ? value : 0xD7FF;

    private static string RandomPattern(Random random, int depth) => random.Next(depth == 0 ? 3 : 7) switch
    {
        0 => "abc"[random.Next(3)].ToString(),
        1 => "[ab]",
        2 => "[^b]",
        3 => RandomPattern(random, depth - 1) + RandomPattern(random, depth - 1),
        4 => $"(?:{RandomPattern(random, depth - 1)}|{RandomPattern(random, depth - 1)})",
        5 => $"(?:{RandomPattern(random, depth - 1)}){"*+?"[random.Next(3)]}",
        _ => $"(?:{RandomPattern(random, depth - 1)}){{{random.Next(3)},{random.Next(3, 5)}}}",
    };
}
