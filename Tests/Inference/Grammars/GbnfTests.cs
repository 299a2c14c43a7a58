using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tests.Inference.Native;
using CocoonOrleans.Tokenization.Tokenizers;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Inference.Grammars;

public sealed class GbnfTests : IDisposable
{
    private static readonly int HouseVocabulary = Tokenizer.Load(HouseModelFolder.Path).VocabularySize;

    /// <summary>JSON, about as llama.cpp's own example writes it.</summary>
    private const string Json = """
        # a whole document
        root   ::= object
        value  ::= object | array | string | number | ("true" | "false" | "null") ws

        object ::=
          "{" ws (
                    string ":" ws value
            ("," ws string ":" ws value)*
          )? "}" ws

        array  ::= "[" ws ( value ("," ws value)* )? "]" ws
        string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt] | "u" [0-9a-fA-F]{4}) )* "\"" ws
        number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,3})? ws   # close enough
        ws ::= | " " | "\n" [ \t]{0,20}
        """;

    private readonly TestMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData("root ::= \"abc\"", "abc")]
    [InlineData("root ::= \"a\" \"b\" | \"c\"", "ab", "c")]
    [InlineData("root ::= [a-cx_] [^a-c]", "ad", "x😀", "_-")]
    [InlineData("root ::= \"\\x41\\u00e4\\U0001F600\\t\\\"\\\\\"", "Aä😀\t\"\\")]
    [InlineData("root ::= [\\]\\[\\-a]+", "]-[a")]
    [InlineData("root ::= .*", "", "a\n😀")]
    [InlineData("root ::= \"a\"{2} \"b\"{1,} \"c\"{0,2}", "aab", "aabbbcc")]
    [InlineData("root ::= (\"a\" | \"b\"\n | \"c\")+", "abc")]
    [InlineData("root ::= a b?\na ::= \"x\"\nb ::= \"y\" a", "x", "xyx")]
    [InlineData("root ::=\n  \"a\" |\n  \"b\"   # or\n\n\n# end", "a", "b")]
    [InlineData("root ::= \"a\" root | \"b\"", "b", "aaab")]
    [InlineData("root ::= \"(\" root \")\" | \"\"", "", "(())")]
    [InlineData("root ::= list\nlist ::= \"x\" (\",\" list)?", "x", "x,x,x")]
    [InlineData("root ::= even\neven ::= \"\" | \"a\" odd\nodd ::= \"a\" even", "", "aa", "aaaa")]
    [InlineData("root ::= opt opt \"z\"\nopt ::= (\"q\" root)?", "z", "qzz", "qzqzz")]
    [InlineData("root ::= \"a\"??", "", "a")]
    [InlineData("rule_1 ::= \"a\"\nroot ::= rule_1", "a")]
    public void Gbnf_TextOfTheGrammar_IsInIt(string grammar, params string[] texts)
    {
        var compiled = Grammar.FromGbnf(grammar);
        Assert.All(texts, text => Assert.True(ByteVocabulary.Has(compiled, text), text));
    }

    [Theory]
    [InlineData("root ::= \"abc\"", "ab", "abcd", "")]
    [InlineData("root ::= [^a-c]", "a", "", "dd")]
    [InlineData("root ::= \"a\"{2,3}", "a", "aaaa")]
    [InlineData("root ::= \"(\" root \")\" | \"\"", "(", "(()", "())")]
    [InlineData("root ::= even\neven ::= \"\" | \"a\" odd\nodd ::= \"a\" even", "a", "aaa")]
    [InlineData("root ::= opt opt \"z\"\nopt ::= (\"q\" root)?", "qz", "q", "zz")]
    public void Gbnf_OtherText_IsNot(string grammar, params string[] texts)
    {
        var compiled = Grammar.FromGbnf(grammar);
        Assert.All(texts, text => Assert.False(ByteVocabulary.Has(compiled, text), text));
    }

    [Fact]
    public void Gbnf_RuleThatEndsWithItself_GoesOnForever()
        => Assert.True(ByteVocabulary.Has(Grammar.FromGbnf("root ::= item root | \".\"\nitem ::= [a-z] \",\""), string.Concat(Enumerable.Repeat("a,", 5000)) + "."));

    [Fact]
    public void Gbnf_RuleInsideItself_GoesSixtyFourLevelsDeep()
    {
        var grammar = Grammar.FromGbnf("root ::= \"(\" root \")\" | \"x\"");

        Assert.True(ByteVocabulary.Has(grammar, new string('(', 60) + "x" + new string(')', 60)));
        Assert.False(ByteVocabulary.Has(grammar, new string('(', 70) + "x" + new string(')', 70)));
    }

    [Theory]
    [InlineData("start ::= \"a\"", "#", "no rule named root")]
    [InlineData("", "#", "no rule named root")]
    [InlineData("root ::= \"a\"\n\nother ::= missing", "line 3", "names the rule missing")]
    [InlineData("root ::= a\na ::= b\nb ::= \"\" a \"x\" | \"y\"", "line 2", "the rule a begins with itself")]
    [InlineData("root ::= opt root \"x\" | \"y\"\nopt ::= \"a\"?", "line 1", "the rule root begins with itself")]
    [InlineData("root ::= \"a", "line 1, column 12", "second quote")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "line 2, column 13", "the rule root a second time")]
    [InlineData("root ::= [a-", "line 1", "[ without ]")]
    [InlineData("root ::= [z-a]", "line 1", "range")]
    [InlineData("root ::= (\"a\"\n", "line 2", "( without )")]
    [InlineData("root ::= \"a\")", "line 1", ") without (")]
    [InlineData("root ::= * \"a\"", "line 1, column 10", "nothing before it")]
    [InlineData("root ::= \"a\"{3,2}", "line 1", "makes no sense")]
    [InlineData("root ::= \"a\"{1001}", "line 1", "up to 1000")]
    [InlineData("root ::= \"\\q\"", "line 1", "escape")]
    [InlineData("root ::= \"\\ud800\"", "line 1", "names no character")]
    [InlineData("root \"a\"", "line 1", "::=")]
    [InlineData("root ::= <[1000]>", "line 1", "no literal, class, name or group")]
    [InlineData("root ::= \"a\" root", "#", "no text satisfies it")]
    [InlineData("root ::= ((((a))))\na ::= \"x\" a", "#", "no text satisfies it")]
    [InlineData("root ::= ((\"a\"{1000}){1000}){1000}", "#", "too complex")]
    public void Gbnf_Unusable_IsRefusedWithItsLine(string grammar, string path, string reason)
    {
        var error = Assert.Throws<GrammarException>(() => Grammar.FromGbnf(grammar));

        Assert.StartsWith(path, error.Path, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gbnf_TooLargeOrTooDeep_IsRefused()
    {
        Assert.Throws<GrammarException>(() => Grammar.FromGbnf("root ::= \"" + new string('a', 70_000) + "\""));
        Assert.Throws<GrammarException>(() => Grammar.FromGbnf("root ::= " + new string('(', 100) + "\"a\"" + new string(')', 100)));
        Assert.Throws<GrammarException>(() => Grammar.FromGbnf("root ::= \"a\"\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"r{i} ::= \"a\"\n"))));
    }

    [Fact]
    public void Gbnf_NamesLongerThanPeopleWrite_AreRefusedWithoutRepeatingThem()
    {
        var error = Assert.Throws<GrammarException>(() => Grammar.FromGbnf(new string('a', 20_000)));

        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Fact]
    public void Gbnf_ChainOfDeeplyNestedRules_IsTakenOrRefused()
    {
        string Rule(int i) => $"r{i} ::= {new string('(', 60)}r{i + 1} \"a\"{new string(')', 60)}\n";
        var text = "root ::= r0\n" + string.Concat(Enumerable.Range(0, 400).Select(Rule)) + "r400 ::= \"b\"\n";

        Assert.True(Record.Exception(() => Grammar.FromGbnf(text)) is null or GrammarException);
    }

    /// <summary>Hundreds of branches that stay apart: to follow them for every token would take the engine seconds.</summary>
    [Fact]
    public void Gbnf_MoreWaysAtOnceThanAMaskMayCost_AllowsNothing()
    {
        var rules = Enumerable.Range(0, 400).Select(i => $"a{i} ::= [a-z]{{{29 + (2 * (i % 2))}}} (a{i} | \"0\")\n");
        var text = $"root ::= {string.Join(" | ", Enumerable.Range(0, 400).Select(i => $"a{i}"))}\n{string.Concat(rules)}";
        var tokenizer = Tokenizer.Load(HouseModelFolder.Path);
        var grammar = new TokenGrammar(Grammar.FromGbnf(text), new TokenTrie(tokenizer, tokenizer.VocabularySize));
        var mask = new ulong[grammar.MaskLength];

        grammar.Start().Mask(mask);

        Assert.All(mask, word => Assert.Equal(0UL, word));
    }

    /// <summary>Any bytes, and a good grammar with some of it changed: a refusal at the most, and soon.</summary>
    [Fact]
    public void Gbnf_AnyText_IsTakenOrRefused()
    {
        const string Letters = "root ::=|()[]{}*+?.\"\\-^#\n abx019,";
        var taken = 0;
        for (var seed = 0; seed < 4000; seed++)
        {
            var dice = new Random(seed);
            var text = new StringBuilder(dice.Next(3) == 0 ? "root ::= " : Json);
            for (var change = dice.Next(1, 12); change > 0; change--)
            {
                var at = dice.Next(text.Length);
                _ = dice.Next(3) switch
                {
                    0 => text.Insert(at, Letters[dice.Next(Letters.Length)]),
                    1 => text.Remove(at, Math.Min(dice.Next(1, 5), text.Length - at)).Append(' '),
                    _ => text.Insert(at, (char)dice.Next(0x10000)),
                };
            }

            try
            {
                Grammar.FromGbnf(text.ToString());
                taken++;
            }
            catch (GrammarException)
            {
            }
        }

        Assert.InRange(taken, 100, 3900);
    }

    /// <summary>Random grammars of no recursion, and all short texts of few letters: an independent matcher says which are in.</summary>
    [Fact]
    public void Gbnf_RandomGrammars_HaveTheTextsThatTheyShould()
    {
        var texts = Enumerable.Range(0, 6).SelectMany(length => Enumerable.Range(0, (int)Math.Pow(2, length)).Select(bits => string.Concat(Enumerable.Range(0, length).Select(i => (bits >> i & 1) == 0 ? 'a' : 'b')))).ToList();
        var inside = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var source = RandomGrammar.Make(new Random(seed));
            var grammar = Grammar.FromGbnf(source.Text);
            foreach (var text in texts)
            {
                var expected = source.Has(text);
                inside += expected ? 1 : 0;
                Assert.True(expected == ByteVocabulary.Has(grammar, text), $"'{text}' of\n{source.Text}");
            }
        }

        Assert.InRange(inside, 1000, 18_000);
    }

    /// <summary>What a model that says anything is held to: at temperature 1.5 each answer is a text of its grammar.</summary>
    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public async Task Generate_RandomLogitsUnderGrammars_AnswersAreTheirTexts()
    {
        await using var engine = await StartAsync(new RandomDecoder(HouseVocabulary, seed: 5));
        var (count, whole) = (LongRun.Rounds(300, 10_000), 0);
        foreach (var seeds in Enumerable.Range(0, count).Chunk(300))
        {
            var answers = await Task.WhenAll(seeds.Select(async seed =>
            {
                var source = RandomGrammar.Make(new Random(seed));
                try
                {
                    return (source, Text: await AnswerAsync(engine, Grammar.FromGbnf(source.Text), seed));
                }
                catch (GrammarException)
                {
                    // Too many states: a few of thousands are refused.
                    return (source, Text: null);
                }
            }));
            Assert.All(answers, answer => Assert.True(answer.Text is null || answer.source.Has(answer.Text), $"'{answer.Text}' of\n{answer.source.Text}"));
            whole += answers.Count(answer => answer.Text is not null);
        }

        Assert.InRange(whole, count * 2 / 3, count);
    }

    [Fact]
    public async Task Generate_RandomLogitsUnderAJsonGrammar_AnswersParse()
    {
        var tokenizer = Tokenizer.Load(HouseModelFolder.Path);
        var ends = Enumerable.Range(0, HouseVocabulary).Where(id => tokenizer.BytesOf(id) is [(byte)'"' or (byte)'}' or (byte)']']).ToArray();
        await using var engine = await StartAsync(new RandomDecoder(HouseVocabulary, seed: 6, ends));
        var grammar = Grammar.FromGbnf(Json);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(seed => AnswerAsync(engine, grammar, seed)));

        var whole = answers.OfType<string>().ToList();
        Assert.InRange(whole.Count, 30, 100);
        Assert.All(whole, answer => System.Text.Json.JsonDocument.Parse(answer).Dispose());
    }

    private async Task<NativeEngine> StartAsync(IDecoderFactory decoders)
    {
        var options = new NativeEngineOptions { Slots = 16, Queue = 512 };
        var engine = new NativeEngine(options, decoders, _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("model", HouseModelFolder.Path), null, CancellationToken.None);
        return engine;
    }

    /// <summary>The answer; null where it was cut at the limit.</summary>
    private static async Task<string?> AnswerAsync(NativeEngine engine, Grammar grammar, int seed)
    {
        var text = new StringBuilder();
        FinishReason? reason = null;
        var request = new GenerationRequest
        {
            Model = "model",
            PromptIds = new[] { 1, 2, 3 },
            MaxCompletionTokens = 200,
            Grammar = grammar,
            Sampling = new SamplingOptions { Temperature = 1.5, Seed = seed },
        };
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            text.Append(step.Text);
            reason = (step as GenerationFinished)?.Reason;
        }

        return reason == FinishReason.Stop ? text.ToString() : null;
    }
}
