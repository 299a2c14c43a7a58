using CocoonOrleans.Inference.Grammars;

namespace CocoonOrleans.Tests.Inference.Grammars;

public sealed class JsonSchemaGrammarTests
{
    [Theory]
    [InlineData("""{"type":"null"}""", "null")]
    [InlineData("""{"type":"boolean"}""", "true", "false")]
    [InlineData("""{"type":["string","null"]}""", "null", "\"x\"", "\"\"")]
    [InlineData("""{"type":"integer"}""", "0", "-1", "10", "123456789012345678")]
    [InlineData("""{"type":"number"}""", "0", "-0.5", "1e5", "12.25E-3")]
    [InlineData("""{"enum":["a",1,null,{"b":[1,2]}]}""", "\"a\"", "1", "null", """{"b":[1,2]}""")]
    [InlineData("""{"type":"string","enum":["a",1]}""", "\"a\"")]
    [InlineData("""{"const":"\n\u00e4\"\u0001"}""", "\"\\nä\\\"\\u0001\"")]
    [InlineData("{}", "1", "null", "[]", "{}", """{"a":[{"b": [1, 2]}]}""", "[[[]]]")]
    [InlineData("true", "1", "{}")]
    [InlineData("""{"type":"string"}""", "\"\"", "\"a\\u00e4\\ud83d\\ude00\\n\\/ü😀\"")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"ab\"", "\"abc\"", "\"ä😀\"", "\"\\ud83d\\ude00\\u0041\"")]
    [InlineData("""{"type":"string","minLength":2}""", "\"ab\"", "\"abcdefghijklmnop\"")]
    [InlineData("""{"type":"string","pattern":"^[a-c]+$"}""", "\"abc\"")]
    [InlineData("""{"type":"string","pattern":"b"}""", "\"abc\"", "\"b\"")]
    [InlineData("""{"type":"string","pattern":"^(\"|\\\\|\\n)$"}""", "\"\\\"\"", "\"\\\\\"", "\"\\n\"")]
    [InlineData("""{"type":"string","pattern":"^a*$","minLength":2,"maxLength":3}""", "\"aa\"", "\"aaa\"")]
    [InlineData("""{"type":"array"}""", "[]", "[1,null, \"a\"]")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[1,2]", "[1, 2, 3]")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1}""", "[1]", "[1,2,3,4,5]")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"maxItems":1}""", "[1]", "[]")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"maxItems":0}""", "[]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"null"}]}""", "[]", "[1]", "[1,null]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"null"},"minItems":2,"maxItems":3}""", "[1,null]", "[1,null, null]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"}],"minItems":2}""", "[1,{}]", "[1,2,3]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"null"}],"maxItems":1}""", "[]", "[1]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}}}""", "{}", """{"a":1}""", """{"b": null}""", """{"a":1,"b":null}""", """{"a":1, "b": null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["b"]}""", """{"b":null}""", """{"a":1,"b":null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", "{}", """{"a":null}""", """{"a":null,"b":1,"aa":2}""", """{"":1}""", """{"ä":1}""")]
    [InlineData("""{"type":"object","required":["x"]}""", """{"x":[1]}""")]
    [InlineData("""{"type":"object","required":["x"],"additionalProperties":{"type":"null"}}""", """{"x":null}""", """{"x":null,"y":null}""")]
    [InlineData("""{"type":"object","properties":{"a":false,"b":{"type":"null"}}}""", "{}", """{"b":null}""")]
    [InlineData("""{"properties":{"a\"/~":{"type":"null"}}}""", """{"a\"/~":null}""")]
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"object","properties":{"a":{"type":"null"}},"required":["a"],"additionalProperties":false}]}""", "1", """{"a":null}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":{"const":1},"b":{"type":"null"}},"required":["a","b"]},{"properties":{"a":{"type":"integer"},"c":{"type":"null"}},"required":["a","c"]}]}""", """{"a":1,"b":null}""", """{"a":1,"c":null}""", """{"a":2,"c":null}""")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"string"}]}""", "1", "\"a\"")]
    [InlineData("""{"oneOf":[{"properties":{"k":{"const":"a"},"v":{"type":"null"}},"required":["k","v"]},{"properties":{"k":{"const":"b"}},"required":["k"]}]}""", """{"k":"a","v":null}""", """{"k":"b"}""")]
    [InlineData("""{"allOf":[{"type":"integer"}],"description":"x"}""", "1")]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["v","next"]}}}""", """{"v":1,"next":null}""", """{"v":1,"next":{"v":2,"next":{"v":3,"next":null}}}""")]
    [InlineData("""{"properties":{"children":{"type":"array","items":{"$ref":"#"}}},"required":["children"]}""", """{"children":[]}""", """{"children":[{"children":[]},{"children":[{"children":[]}]}]}""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t","description":"d","default":1,"examples":[1],"type":"integer"}""", "1")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2024-02-29\"", "\"1999-12-31\"", "\"2000-02-29\"", "\"0001-01-01\"")]
    [InlineData("""{"type":"string","format":"time"}""", "\"23:59:59Z\"", "\"00:00:00.5+01:30\"")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"2024-02-29T12:00:00Z\"")]
    [InlineData("""{"type":"string","format":"uuid"}""", "\"123e4567-e89b-12d3-a456-426614174000\"")]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"0.10.199.255\"")]
    [InlineData("""{"type":"string","format":"email"}""", "\"a.b+c@example.co.uk\"")]
    [InlineData("""{"type":"string","format":"hostname"}""", "\"a-b.example\"")]
    [InlineData("""{"type":"string","format":"duration"}""", "\"P1Y2M3D\"", "\"PT5M\"", "\"P4W\"", "\"P1DT2H\"")]
    [InlineData("""{"type":"string","format":"ipv4","maxLength":7}""", "\"1.2.3.4\"")]
    public void Schema_TextThatSatisfiesIt_IsInTheGrammar(string schema, params string[] texts)
    {
        var grammar = ByteVocabulary.Schema(schema);
        Assert.All(texts, text => Assert.True(ByteVocabulary.Has(grammar, text), text));
    }

    [Theory]
    [InlineData("""{"type":"boolean"}""", "null", "tru", "truee", " true", "")]
    [InlineData("""{"type":"integer"}""", "01", "-0", "1.0", "1e5", "-", "1234567890123456789")]
    [InlineData("""{"type":"number"}""", "1.", ".5", "+1", "01", "1e", "NaN", "Infinity")]
    [InlineData("""{"type":"string","enum":["a",1]}""", "1", "\"b\"")]
    [InlineData("{}", "{a:1}", "[1,]", "{\"a\":1,}", "[1,  2]", "\n1", "[,1]")]
    [InlineData("""{"type":"string"}""", "\"\n\"", "\"\\x\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"\\u12\"", "\"", "\"\u0001\"")]
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", "\"a\"", "\"\"", "\"abcd\"", "\"😀\"", "\"\\ud83d\\ude00\"")]
    [InlineData("""{"type":"string","pattern":"^[a-c]+$"}""", "\"\"", "\"abd\"")]
    [InlineData("""{"type":"string","pattern":"^a*$","minLength":2,"maxLength":3}""", "\"a\"", "\"aaaa\"")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}""", "[]", "[1]", "[1,2,3,4]")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"maxItems":0}""", "[1]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"null"}]}""", "[null]", "[1,null,1]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"null"},"minItems":2,"maxItems":3}""", "[1]", "[1,null,null,null]", "[1,1]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["b"]}""", "{}", """{"a":1}""", """{"b":null,"a":1}""", """{"b":null,"c":1}""", """{,"b":null}""", """{"a":1"b":null}""", """{"b":null,"b":null}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"integer"}}""", """{"a":1}""", """{"b":1,"a":null}""", """{"b":1,"a":1}""", """{"\u0061":1}""")]
    [InlineData("""{"type":"object","properties":{"a":false,"b":{"type":"null"}}}""", """{"a":1}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":{"const":1},"b":{"type":"null"}},"required":["a","b"]},{"properties":{"a":{"type":"integer"},"c":{"type":"null"}},"required":["a","c"]}]}""", """{"a":2,"b":null}""", """{"a":1,"b":null,"c":null}""")]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["next"]}}}""", """{"next":{}}""", """{"next":{"next":null}""")]
    [InlineData("""{"type":"string","format":"date"}""", "\"2023-02-29\"", "\"1900-02-29\"", "\"2024-04-31\"", "\"0000-01-01\"", "\"2024-13-01\"")]
    [InlineData("""{"type":"string","format":"time"}""", "\"24:00:00Z\"", "\"23:59:59\"", "\"23:59:60Z\"")]
    [InlineData("""{"type":"string","format":"ipv4"}""", "\"256.1.1.1\"", "\"1.2.3\"", "\"01.2.3.4\"")]
    [InlineData("""{"type":"string","format":"ipv4","maxLength":7}""", "\"1.2.3.44\"")]
    public void Schema_TextThatDoesNotSatisfyIt_IsNotInTheGrammar(string schema, params string[] texts)
    {
        var grammar = ByteVocabulary.Schema(schema);
        Assert.All(texts, text => Assert.False(ByteVocabulary.Has(grammar, text), text));
    }

    [Theory]
    [InlineData("""{"type":"array","uniqueItems":true}""", "#/uniqueItems")]
    [InlineData("""{"properties":{"a":{"type":"integer","multipleOf":2}}}""", "#/properties/a/multipleOf")]
    [InlineData("""{"properties":{"a/b":{"not":{}}}}""", "#/properties/a~1b/not")]
    [InlineData("""{"type":"string","nullable":true}""", "#/nullable")]
    [InlineData("""{"patternProperties":{}}""", "#/patternProperties")]
    [InlineData("""{"type":"string","format":"iri"}""", "#/format")]
    [InlineData("""{"type":"word"}""", "#/type")]
    [InlineData("""{"type":[]}""", "#/type")]
    [InlineData("""{"type":7}""", "#/type")]
    [InlineData("""{"$ref":"#"}""", "#")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/a"}]}}}""", "#/$defs/a/anyOf/1")]
    [InlineData("""{"$ref":"https://example.com/a"}""", "#/$ref")]
    [InlineData("""{"$ref":"#/$defs/a"}""", "#/$ref")]
    [InlineData("""{"anyOf":[]}""", "#/anyOf")]
    [InlineData("""{"anyOf":[{"type":"null"}],"properties":{}}""", "#/properties")]
    [InlineData("""{"allOf":[{},{}]}""", "#/allOf")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "#/oneOf/1")]
    [InlineData("""{"oneOf":[{"properties":{"k":{"const":"a"}}},{"properties":{"k":{"const":"b"}}}]}""", "#/oneOf/1")]
    [InlineData("""{"enum":[]}""", "#")]
    [InlineData("""{"type":"string","enum":[1]}""", "#")]
    [InlineData("""{"required":["x"],"additionalProperties":false}""", "#/required/0")]
    [InlineData("""{"type":"array","items":[{}]}""", "#/items")]
    [InlineData("""{"type":"array","minItems":3,"maxItems":2}""", "#/maxItems")]
    [InlineData("""{"type":"array","minItems":-1}""", "#/minItems")]
    [InlineData("""{"type":"string","maxLength":1.5}""", "#/maxLength")]
    [InlineData("""{"type":"string","maxLength":10000000}""", "#/maxLength")]
    [InlineData("""{"type":"integer","minimum":"1"}""", "#/minimum")]
    [InlineData("""{"type":"integer","exclusiveMinimum":true}""", "#/exclusiveMinimum")]
    [InlineData("""{"type":"integer","minimum":5,"maximum":4}""", "#")]
    [InlineData("""{"type":"integer","minimum":1.2,"maximum":1.8}""", "#")]
    [InlineData("""{"type":"number","minimum":0.1234567890123456789}""", "#/minimum")]
    [InlineData("""{"type":"string","pattern":"(?=a)"}""", "#/pattern")]
    [InlineData("""{"type":"string","pattern":"^abc$","maxLength":2}""", "#")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "#")]
    [InlineData("""{"type":"array","items":{"$ref":"#"},"minItems":1}""", "#")]
    [InlineData("""{"type":"array","prefixItems":[{}],"items":false,"minItems":2}""", "#")]
    [InlineData("false", "#")]
    [InlineData("1", "#")]
    [InlineData("", "#")]
    [InlineData("""{"type":"null","type":"null"}""", "#")]
    [InlineData("""{"const":"\ud800"}""", "#")]
    public void Schema_NotSupportedOrNeverSatisfied_IsRefusedAtItsPlace(string schema, string path)
        => Assert.Equal(path, Assert.Throws<GrammarException>(() => ByteVocabulary.Schema(schema)).Path);

    [Fact]
    public void Schema_UnknownKeyword_IsNamed()
        => Assert.Contains("frobnicate", Assert.Throws<GrammarException>(() => ByteVocabulary.Schema("""{"frobnicate":1}""")).Message);

    [Fact]
    public void JsonObject_Object_IsInTheGrammar()
    {
        Assert.True(ByteVocabulary.Has(Grammar.JsonObject, """{"a":[1, 2.5e3,{"b":null}],"ü":"\u00e4"}"""));
        Assert.False(ByteVocabulary.Has(Grammar.JsonObject, "[]"));
        Assert.False(ByteVocabulary.Has(Grammar.JsonObject, "1"));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Schema_Nesting_EndsAtSixtyFourLevels(int levels, bool expected)
    {
        var text = new string('[', levels) + new string(']', levels);
        Assert.Equal(expected, ByteVocabulary.Has(ByteVocabulary.Schema("{}"), text));
    }

    [Fact]
    public void Schema_RecursionThatNeedsMoreLevelsThanAreLeft_IsNotBegun()
    {
        // A node closes only four levels further down; from where 64 don't suffice none may be begun, or there would be no way to end.
        var grammar = ByteVocabulary.Schema("""{"type":"object","properties":{"next":{"$ref":"#"},"deep":{"const":1},"end":{"type":"array","items":{"type":"array","minItems":1,"items":{"type":"array","maxItems":0}},"minItems":1}},"required":["end"]}""");
        var state = new TokenGrammar(grammar, ByteVocabulary.Trie).Start();
        var opened = 0;
        while (true)
        {
            var fork = state.Fork();
            if (!"{\"next\":"u8.ToArray().All(value => TryAccept(fork, value)) || !fork.Allows('{'))
            {
                break;
            }

            opened++;
            state = fork;
        }

        Assert.Equal(60, opened);
        var end = """{"end":[[[]]]}""" + string.Concat(Enumerable.Repeat(""","end":[[[]]]}""", opened));
        foreach (var value in System.Text.Encoding.UTF8.GetBytes(end))
        {
            Assert.True(TryAccept(state, value));
        }

        Assert.True(state.IsFinished);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(5)]
    public void Schema_LongCounts_CostNoMoreThanShortOnes(int count)
    {
        var grammar = ByteVocabulary.Schema($$$"""{"type":"array","maxItems":{{{count}}},"items":{"type":"string","minLength":{{{count}}}}}""");

        Assert.True(ByteVocabulary.Has(grammar, "[]"));
        Assert.Equal(count == 5, ByteVocabulary.Has(grammar, "[\"abcdef\"]"));
    }

    private static bool TryAccept(GrammarState state, byte value)
    {
        if (!state.Allows(value))
        {
            return false;
        }

        state.Accept(value);
        return true;
    }
}
