using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Inference.Grammars;

namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>Schemas come from strangers: whatever they say, the answer is a grammar or a typed refusal, within the bounds.</summary>
public sealed class SchemaFuzzTests
{
    private static readonly string[] Names =
    [
        "type", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "$defs",
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "title", "a", "b", "not",
    ];

    private static readonly string[] Texts =
    [
        "object", "array", "string", "integer", "number", "boolean", "null", "a", "b", "#", "#/$defs/a", "#/properties/a", "^a+$", "(", "date", "uuid", "",
    ];

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public void FromJsonSchema_RandomSchemas_AreRefusedOrNeverStuck()
    {
        var random = new Random(LongRun.Seed(12));
        var (compiled, runs) = (0, LongRun.Rounds(3_000, 100_000));
        for (var run = 0; run < runs; run++)
        {
            var schema = RandomValue(random, 4)?.ToJsonString() ?? "null";
            if (TryCompile(Encoding.UTF8.GetBytes(schema)) is not { } grammar)
            {
                continue;
            }

            compiled++;
            Assert.True(HasNoDeadEnd(grammar, random), schema);
        }

        Assert.InRange(compiled, runs / 20, runs - (runs / 30));
    }

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public void FromJsonSchema_DamagedSchemas_AreRefusedOrCompiled()
    {
        var random = new Random(LongRun.Seed(13));
        for (var run = LongRun.Rounds(4_000, 200_000); run > 0; run--)
        {
            var bytes = Encoding.UTF8.GetBytes(SampleSchemas.Bounded[random.Next(SampleSchemas.Bounded.Length)]);
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",:0-ae\\"[random.Next(12)];
            }

            TryCompile(bytes);
        }
    }

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public void FromGbnf_DamagedGrammars_AreRefusedOrNeverStuck() => TryDamaged(
        [
            """
            root ::= "a" ( b | [x-z]{2,5} )* "end"
            b ::= [^\n"]+ | "\x41" b?  # more
            """,
            """
            root ::= item (", " item)* ws
            item ::= ("0" | [1-9] [0-9]{0,3}) | "\"" ([^"\\] | "\\" ["\\bfnrt])* "\""
            ws ::= | " " | "\n" [ \t]{0,20}
            """,
        ],
        "{}[]()|*+?\"\\-^:=#0129 \n",
        Grammar.FromGbnf);

    [Fact]
    [Trait(LongRun.Trait, LongRun.Category)]
    public void FromPattern_DamagedPatterns_AreRefusedOrNeverStuck() => TryDamaged(
        [@"^[a-z0-9]{1,20}@([a-z]+\.){1,3}(com|org)$", @"(\d{4})-(0[1-9]|1[0-2])-\d\d(T\d\d:\d\d)?", @"[^\s\u00e4-\u00fc]+|\p{L}*?x{2,}"],
        "{}[]()|*+?\\-^$.,:dwsupx09",
        Grammar.FromPattern);

    private static void TryDamaged(string[] samples, string characters, Func<string, Grammar> compile)
    {
        var random = new Random(LongRun.Seed(14));
        var (compiled, stuck, runs) = (0, 0, LongRun.Rounds(3_000, 100_000));
        for (var run = 0; run < runs; run++)
        {
            var text = new StringBuilder(samples[random.Next(samples.Length)]);
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0:
                        text[at] = random.Next(8) == 0 ? (char)random.Next(0x10000) : characters[random.Next(characters.Length)];
                        break;
                    case 1:
                        text.Insert(at, characters[random.Next(characters.Length)]);
                        break;
                    default:
                        text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at));
                        break;
                }

                if (text.Length == 0)
                {
                    text.Append('x');
                }
            }

            try
            {
                var grammar = compile(text.ToString());
                compiled++;
                stuck += HasNoDeadEnd(grammar, random) ? 0 : 1;
            }
            catch (GrammarException)
            {
                // What it is for.
            }
        }

        // One that can be read in ever more ways comes to the bound on them (GrammarLimits.Configurations), where an answer ends with an error.
        Assert.InRange(stuck, 0, runs / 1_000);
        Assert.InRange(compiled, runs / 50, runs - (runs / 50));
    }

    public static TheoryData<string, string> Bombs => new()
    {
        { "references that double", Definitions(60, next => $"{{\"anyOf\":[{next},{next}]}}") },
        { "a chain of references", Definitions(3000, next => $"{{\"anyOf\":[{next}]}}") },
        { "counts in counts", """{"type":"string","pattern":"^((a{900}){900}){900}$"}""" },
        { "a pattern that doubles", """{"type":"string","pattern":"^[ab]*a[ab]{40}$"}""" },
        { "a pattern times a length", """{"type":"string","pattern":"^([a-z]+ )+$","maxLength":900000}""" },
        { "deep text", string.Concat(Enumerable.Repeat("{\"items\":", 5000)) + "1" + new string('}', 5000) },
        { "a large text", $"{{\"title\":\"{new string('x', 300_000)}\"}}" },
        { "long names", $"{{\"properties\":{{\"{new string('x', 200_000)}\":{{\"type\":\"array\"}}}}}}" },
        { "alternatives of alternatives", $"{{\"oneOf\":[{Joined(2000, i => $"{{\"enum\":[{i},\"{i}\"]}}")}]}}" },
        { "optional properties", $"{{\"properties\":{{{Joined(4000, i => $"\"p{i * 7919 % 4000}\":{{\"type\":\"null\"}}")}}}}}" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void FromJsonSchema_Bomb_IsRefused(string name, string schema)
    {
        Assert.NotEmpty(name);
        Assert.Throws<GrammarException>(() => ByteVocabulary.Schema(schema));
    }

    [Fact]
    public void FromJsonSchema_HundredOptionalProperties_AreNoBomb()
    {
        var grammar = ByteVocabulary.Schema($"{{\"properties\":{{{Joined(100, i => $"\"property_{i}\":{{\"type\":\"string\"}}")}}}}}");

        Assert.True(ByteVocabulary.Has(grammar, """{"property_3":"a","property_99": "b"}"""));
    }

    private static string Joined(int count, Func<int, string> item) => string.Join(',', Enumerable.Range(0, count).Select(item));

    /// <summary>Definitions of which each refers to the next one.</summary>
    private static string Definitions(int count, Func<string, string> definition)
        => $"{{\"$ref\":\"#/$defs/d0\",\"$defs\":{{{Joined(count, i => $"\"d{i}\":{definition($"{{\"$ref\":\"#/$defs/d{i + 1}\"}}")}")},\"d{count}\":{{\"type\":\"null\"}}}}}}";

    private static Grammar? TryCompile(byte[] schema)
    {
        try
        {
            return Grammar.FromJsonSchema(schema);
        }
        catch (GrammarException)
        {
            return null;
        }
    }

    /// <summary>Wherever one goes, there is a way on or the text is complete.</summary>
    private static bool HasNoDeadEnd(Grammar grammar, Random random)
    {
        var state = new TokenGrammar(grammar, ByteVocabulary.Trie).Start();
        var mask = new ulong[state.MaskLength];
        for (var step = 0; step < 60 && !state.IsFinished; step++)
        {
            state.Mask(mask);
            var allowed = Enumerable.Range(0, 256).Where(id => (mask[id >> 6] >> (id & 63) & 1) != 0).ToList();
            if (allowed.Count == 0)
            {
                return false;
            }

            state.Accept(allowed[random.Next(allowed.Count)]);
        }

        return true;
    }

    private static JsonNode? RandomValue(Random random, int depth)
    {
        switch (random.Next(depth == 0 ? 4 : 9))
        {
            case 0:
                return random.Next(-3, 12);
            case 1:
                return random.Next(2) == 0;
            case 2:
            case 3:
                return Texts[random.Next(Texts.Length)];
            case 4:
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1))]);
            default:
                var schema = new JsonObject();
                for (var count = random.Next(4); count > 0; count--)
                {
                    var name = Names[random.Next(Names.Length)];
                    schema[name] = random.Next(3) == 0 ? RandomValue(random, depth - 1) : Fitting(name, random, depth);
                }

                return schema;
        }
    }

    private static JsonNode? Fitting(string name, Random random, int depth) => name switch
    {
        "type" => Texts[random.Next(7)],
        "properties" or "$defs" => new JsonObject { ["a"] = RandomSchema(random, depth), ["b"] = RandomSchema(random, depth) },
        "required" => new JsonArray("a"),
        "prefixItems" or "anyOf" or "oneOf" or "allOf" or "enum" => new JsonArray(RandomSchema(random, depth), RandomSchema(random, depth)),
        "$ref" => Texts[random.Next(9, 12)],
        "pattern" => "^a+b?$",
        "format" => "date",
        "minItems" or "maxItems" or "minLength" or "maxLength" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" => random.Next(5),
        _ => RandomSchema(random, depth),
    };

    private static JsonNode? RandomSchema(Random random, int depth)
        => depth == 0 ? new JsonObject { ["type"] = Texts[random.Next(7)] } : RandomValue(random, depth - 1) is JsonObject schema ? schema : new JsonObject();
}
