using System.Diagnostics;
using System.Text;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Inference.Grammars.Automata;
using CocoonOrleans.Tests.Inference.HouseModel;
using CocoonOrleans.Tokenization.Tokenizers;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Inference.Grammars;

public sealed class TokenGrammarTests(ITestOutputHelper output)
{
    private static readonly TokenTrie House = Trie(Tokenizer.Load(HouseModelFolder.Path));

    public static TheoryData<string> Schemas => [.. SampleSchemas.Bounded, .. SampleSchemas.OpenEnded];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void Mask_EveryStateOnTheWay_SaysWhatEachTokenAloneSays(string schema)
    {
        var random = new Random(schema.Length);
        var grammar = new TokenGrammar(ByteVocabulary.Schema(schema), House);
        var mask = new ulong[grammar.MaskLength];
        var state = grammar.Start();
        for (var step = 0; step < 40 && !state.IsFinished; step++)
        {
            state.Mask(mask);
            for (var id = 0; id < House.VocabularySize; id++)
            {
                Assert.Equal(state.Allows(id), Allows(mask, id));
            }

            state.Accept(Choose(mask, random));
        }
    }

    [Fact]
    public void Mask_StateMetBefore_IsNotWorkedOutAgain()
    {
        var grammar = new TokenGrammar(ByteVocabulary.Schema(SampleSchemas.Bounded[0]), House);
        string[] texts = ["""{"name":"Ada","age":36}""", """{"name":"Ada","age":36}""", """{"name":"Eva","age":37}"""];
        var computed = texts.Select(text =>
        {
            Masks(grammar, text);
            return grammar.MasksComputed;
        }).ToList();

        Assert.Equal(computed[0], computed[1]);
        Assert.Equal(computed[0], grammar.MasksKept - (computed[2] - computed[0]));
        Assert.InRange(computed[2] - computed[0], 0, 2);
    }

    [Fact]
    public void Mask_LongTextAndLongList_ShareMasksAsFarAsNoTokenReachesTheirEnd()
    {
        var grammar = new TokenGrammar(ByteVocabulary.Schema("""{"type":"array","items":{"type":"string","maxLength":5000},"maxItems":5000}"""), ByteVocabulary.Trie);

        Masks(grammar, $"[{string.Join(',', Enumerable.Repeat($"\"{new string('x', 500)}\"", 20))}]");

        Assert.InRange(grammar.MasksComputed, 5, 12);
    }

    [Fact]
    public void MaskCache_ManyStates_KeepsTheLatestAndThoseInUse()
    {
        var cache = new MaskCache(10);
        var runner = new PushdownRunner(Grammar.JsonObject.Automaton, lookahead: 1);
        for (var node = 0; node < 100; node++)
        {
            cache.Add(Key(node), []);
            Assert.InRange(cache.Count, 1, 10);
            Assert.NotNull(cache.Find(Key(Math.Max(0, node - 1))));
            Assert.NotNull(cache.Find(Key(0)));
        }

        Assert.Null(cache.Find(Key(1)));

        StateKey Key(int node) => new([new(node, 0, null)], runner);
    }

    [Fact]
    public void Mask_BranchesThatStayAlikeOnEveryLevel_DoNotMultiply()
    {
        const string Schema = """
            {"$ref":"#/$defs/n","$defs":{"n":{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/b"},{"type":"null"}]},
            "a":{"type":"object","properties":{"x":{"$ref":"#/$defs/n"},"y":{"const":1}},"required":["x"]},
            "b":{"type":"object","properties":{"x":{"$ref":"#/$defs/n"},"z":{"const":1}},"required":["x"]}}}
            """;
        var grammar = new TokenGrammar(ByteVocabulary.Schema(Schema), ByteVocabulary.Trie);
        var text = string.Concat(Enumerable.Repeat("{\"x\":", 60)) + "null" + string.Concat(Enumerable.Range(0, 60).Select(level => level % 2 == 0 ? ",\"y\":1}" : ",\"z\":1}"));

        Masks(grammar, text);
        var computed = grammar.MasksComputed;
        Masks(grammar, text);

        // The second time each state is another object, and is found by comparing it with the first one's.
        Assert.Equal(computed, grammar.MasksComputed);
    }

    [Fact]
    public void Accept_TokenThatIsNotAllowed_ThrowsAndChangesNothing()
    {
        var state = new TokenGrammar(Grammar.JsonObject, ByteVocabulary.Trie).Start();

        Assert.Throws<ArgumentException>(() => state.Accept('['));
        Assert.Throws<ArgumentException>(() => state.Accept(TinyModel.EndId));
        Assert.Throws<ArgumentException>(() => state.Accept(-1));
        Assert.True(state.Allows('{'));
    }

    [Fact]
    public void Fork_OfAState_GoesItsOwnWay()
    {
        var state = new TokenGrammar(Grammar.JsonObject, ByteVocabulary.Trie).Start();
        state.Accept('{');
        var fork = state.Fork();

        fork.Accept('}');

        Assert.True(fork.IsFinished);
        Assert.False(state.IsComplete);
        Assert.True(state.Allows('"'));
    }

    [Fact]
    public void Trie_EveryToken_IsFoundAtItsBytes()
    {
        var path = new byte[House.LongestToken];
        var found = 0;
        for (var node = 0; node < House.NodeCount; node++)
        {
            path[House.DepthOf(node)] = House.ValueOf(node);
            foreach (var id in House.IdsAt(node))
            {
                Assert.Equal(House.BytesOf(id).ToArray(), path[..(House.DepthOf(node) + 1)]);
                found++;
            }

            Assert.True(House.EndOf(node) > node);
            Assert.True(House.EndOf(node) == House.NodeCount || House.DepthOf(House.EndOf(node)) <= House.DepthOf(node));
        }

        Assert.Equal(Enumerable.Range(0, House.VocabularySize).Count(id => !House.BytesOf(id).IsEmpty), found);
    }

    /// <summary>No time is asserted; what it took is in the test's output.</summary>
    [SkippableFact]
    public void Mask_LargeVocabulary_FollowsRealTokensAndForbidsTheRest()
    {
        var tokenizer = Qwen3Vocabulary.Load();
        var watch = Stopwatch.StartNew();
        var trie = new TokenTrie(tokenizer, Qwen3Vocabulary.Size);
        output.WriteLine($"trie: {trie.NodeCount} nodes in {watch.ElapsedMilliseconds} ms");
        var grammar = new TokenGrammar(ByteVocabulary.Schema(SampleSchemas.Bounded[2]), trie);
        foreach (var round in (string[])["first", "again"])
        {
            var state = grammar.Start();
            var mask = new ulong[grammar.MaskLength];
            var times = new List<double>();
            foreach (var id in tokenizer.Encode("""{"steps": [{"explanation": "Añadir 3 y 4 😀", "output": "7"}], "final_answer": "sieben"}""", addSpecialTokens: false))
            {
                watch.Restart();
                state.Mask(mask);
                times.Add(watch.Elapsed.TotalMilliseconds);
                Assert.True(Allows(mask, id));
                Assert.False(Allows(mask, tokenizer.EndOfTextId!.Value));
                Assert.False(Allows(mask, Qwen3Vocabulary.Size - 1));
                state.Accept(id);
            }

            Assert.True(state.IsFinished);
            output.WriteLine($"{round}: {times.Count} masks, ms: {string.Join(' ', times.Select(time => time.ToString("F2", System.Globalization.CultureInfo.InvariantCulture)))}");
        }
    }

    private static TokenTrie Trie(Tokenizer tokenizer) => new(tokenizer, tokenizer.VocabularySize);

    private static void Masks(TokenGrammar grammar, string text)
    {
        var state = grammar.Start();
        var mask = new ulong[grammar.MaskLength];
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at++)
        {
            state.Mask(mask);
            var id = Enumerable.Range(0, mask.Length * 64).First(id => Allows(mask, id) && IsByte(grammar, state, id, bytes[at]));
            state.Accept(id);
        }

        Assert.True(state.IsComplete);
    }

    private static bool IsByte(TokenGrammar grammar, GrammarState state, int id, byte value)
        => (grammar.MaskLength == House.MaskLength ? House : ByteVocabulary.Trie).BytesOf(id) is [var only] && only == value && state.Allows(id);

    private static int Choose(ulong[] mask, Random random)
    {
        var allowed = Enumerable.Range(0, mask.Length * 64).Where(id => Allows(mask, id)).ToList();
        return allowed[random.Next(allowed.Count)];
    }

    private static bool Allows(ulong[] mask, int id) => (mask[id >> 6] >> (id & 63) & 1) != 0;
}
