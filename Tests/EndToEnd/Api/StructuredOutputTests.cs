using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>Answers that have to fit a schema, at a temperature at which the model says anything.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class StructuredOutputTests(RunningNetwork fixture)
{
    private const string Person =
        """{"type":"object","properties":{"name":{"type":"string","maxLength":12},"age":{"type":"integer","minimum":0,"maximum":150},"tags":{"type":"array","items":{"enum":["a","b"]},"maxItems":3}},"required":["name","age","tags"],"additionalProperties":false}""";

    private const string Weather = """{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string","maxLength":10}},"required":["city"],"additionalProperties":false}}}""";
    private const string Add = """{"type":"function","function":{"name":"add","parameters":{"type":"object","properties":{"a":{"$ref":"#/$defs/n"},"b":{"$ref":"#/$defs/n"}},"required":["a","b"],"additionalProperties":false,"$defs":{"n":{"type":"integer","minimum":-99,"maximum":99}}}}}""";

    [Fact]
    public async Task Chat_JsonSchema_EveryAnswerFitsIt()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var choice = await AskAsync($$$""" "seed":{{{seed}}},"response_format":{"type":"json_schema","json_schema":{"name":"person","strict":true,"schema":{{{Person}}}}}""");

            Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
            var person = JsonElement.Parse(choice.GetProperty("message").GetProperty("content").GetString()!);
            Assert.Equal(["name", "age", "tags"], person.EnumerateObject().Select(member => member.Name));
            Assert.InRange(person.GetProperty("age").GetInt32(), 0, 150);
            Assert.All(person.GetProperty("tags").EnumerateArray(), tag => Assert.Contains(tag.GetString(), (string[])["a", "b"]));
        }
    }

    [Fact]
    public async Task Chat_JsonObject_IsAnObject()
    {
        var choice = await AskAsync(""" "seed":1,"max_tokens":400,"response_format":{"type":"json_object"}""");

        // An object of any shape may go on until the tokens are used up; then it is cut, as it is with OpenAI.
        var text = choice.GetProperty("message").GetProperty("content").GetString()!;
        Assert.StartsWith("{", text, StringComparison.Ordinal);
        if (choice.GetProperty("finish_reason").GetString() == "stop")
        {
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(text).ValueKind);
        }
    }

    [Fact]
    public async Task Chat_FunctionForced_IsCalledWithArgumentsThatFit()
    {
        var choice = await AskAsync($$$""" "seed":3,"tools":[{{{Weather}}},{{{Add}}}],"tool_choice":{"type":"function","function":{"name":"add"}}""");

        var call = CallOf(choice);
        Assert.Equal("add", call.GetProperty("name").GetString());
        Assert.InRange(JsonElement.Parse(call.GetProperty("arguments").GetString()!).GetProperty("b").GetInt32(), -99, 99);
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Chat_AnyFunctionRequired_IsCalled()
    {
        var choice = await AskAsync($$$""" "seed":4,"tools":[{{{Weather}}},{{{Add}}}],"tool_choice":"required" """);

        var call = CallOf(choice);
        var arguments = JsonElement.Parse(call.GetProperty("arguments").GetString()!);
        Assert.True(arguments.TryGetProperty(call.GetProperty("name").GetString() == "add" ? "a" : "city", out _));
    }

    [Theory]
    [InlineData("""{"type":"object","multipleTypes":true}""", "multipleTypes")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "#")]
    public async Task Chat_SchemaThatCanNotBeKept_IsRefusedByItsPlace(string schema, string named)
    {
        var (status, body) = await PostAsync($$$""" "response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{{{schema}}}}}""");

        Assert.Equal(400, status);
        Assert.Equal("response_format.json_schema.schema", body.GetProperty("error").GetProperty("param").GetString());
        Assert.Contains(named, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"regex":"[A-Z][a-z]{2,8} (is|was) -?[0-9]{1,3}"}""", "^[A-Z][a-z]{2,8} (is|was) -?[0-9]{1,3}$")]
    [InlineData("""{"grammar":"root ::= word (\", \" word)* \".\"\nword ::= [a-z]{1,5} # short ones"}""", "^[a-z]{1,5}(, [a-z]{1,5})*\\.$")]
    public async Task Chat_StructuredOutputs_AnswersAreKeptToThem(string outputs, string pattern)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var choice = await AskAsync($$$""" "seed":{{{seed}}},"max_tokens":300,"structured_outputs":{{{outputs}}}""");

            var text = choice.GetProperty("message").GetProperty("content").GetString()!;
            Assert.True(choice.GetProperty("finish_reason").GetString() == "length" || System.Text.RegularExpressions.Regex.IsMatch(text, pattern), text);
        }
    }

    [Theory]
    [InlineData("""{"regex":"(?=a)b"}""", "structured_outputs.regex", "character")]
    [InlineData("""{"grammar":"root ::= a\na ::= a \"x\" | \"y\""}""", "structured_outputs.grammar", "line 2: the rule a begins with itself")]
    public async Task Chat_StructuredOutputsThatCanNotBeKept_AreRefusedByTheirPlace(string outputs, string param, string named)
    {
        var (status, body) = await PostAsync($$$""" "structured_outputs":{{{outputs}}}""");

        Assert.Equal(400, status);
        Assert.Equal(param, body.GetProperty("error").GetProperty("param").GetString());
        Assert.Contains(named, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static JsonElement CallOf(JsonElement choice)
    {
        Assert.True(choice.GetProperty("message").TryGetProperty("tool_calls", out var calls), choice.ToString());
        return Assert.Single(calls.EnumerateArray()).GetProperty("function");
    }

    private async Task<JsonElement> AskAsync(string options)
    {
        var (status, body) = await PostAsync(options);
        Assert.True(status == 200, body.ToString());
        return body.GetProperty("choices")[0];
    }

    private async Task<(int Status, JsonElement Body)> PostAsync(string options)
    {
        using var http = fixture.Network.OpenHttp();
        using var content = new StringContent(
            $$$"""{"model":"{{{fixture.Network.Model}}}","messages":[{"role":"user","content":"Say something."}],"temperature":1.5,{{{options}}}}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var response = await http.PostAsync("/v1/chat/completions", content);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync()));
    }
}
