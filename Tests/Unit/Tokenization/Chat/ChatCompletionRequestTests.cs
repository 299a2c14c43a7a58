using System.Text;
using CocoonOrleans.Tokenization.Chat;

namespace CocoonOrleans.Tests.Unit.Tokenization.Chat;

public sealed class ChatCompletionRequestTests
{
    [Fact]
    public void TryParse_EveryFieldWeKnow_IsRead()
    {
        var request = Parse("""
            {"model": "house", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "name": "Ann", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
              {"role": "assistant", "content": null}, {"role": "developer", "content": ""}, {"role": "tool", "tool_call_id": "call_1", "content": "42"}],
             "max_completion_tokens": 7, "max_tokens": 9, "temperature": 0.5, "top_p": 0.9, "min_p": 0.1, "top_k": 40, "presence_penalty": -2, "frequency_penalty": 2, "seed": -9223372036854775808,
             "stop": ["x", "yy"], "stream": true, "stream_options": {"include_usage": true}, "n": 3, "user": "u1", "metadata": {"user_id": "u2"},
             "provider": {"max_price": {"prompt": "1000", "completion": 2000, "request": 0}, "trust": "tdx", "require_parameters": true},
             "tools": [], "tool_choice": "auto", "response_format": {"type": "text"}, "modalities": ["text"], "logprobs": false, "audio": null}
            """);

        Assert.Equal("house", request.Model);
        Assert.Equal(
            [new(ChatRole.System, "Be brief."), new(ChatRole.User, "a\nb", "Ann"), new(ChatRole.Assistant, ""), new(ChatRole.Developer, ""), new(ChatRole.Tool, "42") { ToolCallId = "call_1" }],
            request.Messages);
        Assert.Equal((7, 0.5, 0.9, 0.1, 40), (request.MaxCompletionTokens, request.Temperature, request.TopP, request.MinP, request.TopK));
        Assert.Equal((-2, 2, long.MinValue), (request.PresencePenalty, request.FrequencyPenalty, request.Seed));
        Assert.Equal(["x", "yy"], request.Stop);
        Assert.Equal((true, true, "u1"), (request.Stream, request.IncludeUsage, request.EndUser));
        Assert.Equal(new ProviderPreferences(new PriceLimits(1000, 2000, 0), true, "tdx"), request.Provider);
        Assert.Empty(request.IgnoredParameters);
    }

    [Fact]
    public void TryParse_OnlyWhatIsRequired_LeavesTheRestToTheModel()
    {
        var request = Parse("""{"model": "m", "messages": [{"role": "user", "content": "hi"}], "temperature": null, "stop": null, "stream": null}""");

        Assert.Null(request.MaxCompletionTokens);
        Assert.Null(request.Temperature);
        Assert.False(request.Stream);
        Assert.Empty(request.Stop);
        Assert.Same(ProviderPreferences.None, request.Provider);
    }

    [Fact]
    public void TryParse_OneStopString_IsAList() => Assert.Equal(["END"], Parse(With("stop", "\"END\"")).Stop);

    [Fact]
    public void TryParse_MaxTokensAlone_IsTaken() => Assert.Equal(5, Parse(With("max_tokens", "5")).MaxCompletionTokens);

    [Fact]
    public void TryParse_UnknownOptionalFields_AreIgnoredAndListed()
    {
        var request = Parse("""
            {"model": "m", "messages": [{"role": "user", "content": "hi", "mood": "good"}], "prediction": {"type": "content"}, "verbosity": "low", "web_search_options": {}, "what is this?": 1, "provider": {"fast": true},
             "stream_options": {"include_obfuscation": true}}
            """);

        Assert.Equal(
            ["provider.fast", "messages[].mood", "stream_options.include_obfuscation", "prediction", "verbosity", "web_search_options", "(unnamed)"],
            request.IgnoredParameters);
    }

    [Theory]
    [InlineData("""{"regex": "a+"}""", "a+", null)]
    [InlineData("""{"grammar": "root ::= [0-9]+"}""", null, "root ::= [0-9]+")]
    public void TryParse_StructuredOutputs_AreRead(string outputs, string? pattern, string? gbnf)
    {
        var format = Parse($$"""{"model": "m", "messages": [{"role": "user", "content": "x"}], "structured_outputs": {{outputs}}}""").ResponseFormat;

        Assert.Equal((pattern, gbnf, null), (format?.Pattern, format?.Gbnf, format?.Schema));
    }

    [Theory]
    [InlineData("""{"provider": {"deadline_ms": 1500}}""", 1500)]
    [InlineData("""{"timeout": 2.5}""", 2500)]
    [InlineData("""{"timeout": 2.5, "provider": {"deadline_ms": 1500}}""", 1500)]
    [InlineData("""{"timeout": 0.5, "provider": {"deadline_ms": 1500}}""", 500)]
    [InlineData("{}", null)]
    public void TryParse_Deadlines_TheShorterCounts(string fields, int? milliseconds)
    {
        string body = """{"model": "m", "messages": [{"role": "user", "content": "x"}]""" + (fields == "{}" ? "}" : "," + fields[1..]);

        Assert.True(ChatCompletionRequest.TryParse(Encoding.UTF8.GetBytes(body), out var request, out _));
        Assert.Equal(milliseconds, request.TimeLimit?.TotalMilliseconds);
        Assert.Empty(request.IgnoredParameters);
    }

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "x"}]}""", "model", "missing_required_parameter")]
    [InlineData("""{"model": "m"}""", "messages", "missing_required_parameter")]
    [InlineData("""{"model": "m", "messages": []}""", "messages", "invalid_value")]
    [InlineData("""{"model": "m", "messages": [null]}""", "messages[0]", "invalid_value")]
    [InlineData("""{"model": "m", "messages": [{"content": "x"}]}""", "messages[0].role", "missing_required_parameter")]
    [InlineData("""{"model": "m", "messages": [{"role": "pope", "content": "x"}]}""", "messages[0].role", "invalid_value")]
    [InlineData("""{"model": "m", "messages": [{"role": "user"}]}""", "messages[0].content", "missing_required_parameter")]
    [InlineData("""{"model": "m", "messages": [{"role": "user", "content": 5}]}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"model": "m", "messages": [{"role": "user", "content": "\ud800"}]}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"model": "m", "messages": [{"role": "user", "content": "x"}, {"role": "user", "content": "x"}, {"role": "user", "content": [{"type": "image_url"}]}]}""", "messages[2].content[0].type", "unsupported_parameter")]
    [InlineData("""{"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]}""", "messages[0].content[0].text", "missing_required_parameter")]
    [InlineData("""{"model": "m", "messages": [{"role": "user", "content": []}]}""", "messages[0].content", "invalid_value")]
    [InlineData("""{"model": "m", "messages": [{"role": "assistant", "tool_calls": [{}]}]}""", "messages[0].tool_calls[0].id", "missing_required_parameter")]
    [InlineData("""{"model": "m", "messages": [{"role": "assistant", "tool_calls": [{"id": "c", "type": "custom"}]}]}""", "messages[0].tool_calls[0].type", "unsupported_parameter")]
    [InlineData("""{"model": "m", "messages": [{"role": "assistant", "tool_calls": [{"id": "c", "type": "function"}]}]}""", "messages[0].tool_calls[0].function", "missing_required_parameter")]
    [InlineData("""{"model": "m", "messages": [{"role": "user", "content": "x", "tool_calls": [{}]}]}""", "messages[0].tool_calls", "invalid_value")]
    [InlineData("""{"model": "m", "messages": [{"role": "tool", "content": "x", "tool_call_id": 7}]}""", "messages[0].tool_call_id", "invalid_value")]
    [InlineData("""{"model": "m", "model": "n", "messages": []}""", "model", "invalid_value")]
    [InlineData("""{"model": 1e400, "messages": []}""", "model", "invalid_value")]
    [InlineData("[]", null, "invalid_value")]
    [InlineData("null", null, "invalid_value")]
    [InlineData("""{"model": "m", "messages": [{"role": "user", "content": "x"}], "tool_choice": {"type": "function"}}""", "tool_choice.function", "missing_required_parameter")]
    [InlineData("", null, "invalid_value")]
    public void TryParse_BadBody_NamesTheField(string json, string? param, string code) => AssertError(json, param, code);

    [Theory]
    [InlineData("max_tokens", "0", "max_tokens", "invalid_value")]
    [InlineData("max_completion_tokens", "2147483648", "max_completion_tokens", "invalid_value")]
    [InlineData("max_completion_tokens", "1.5", "max_completion_tokens", "invalid_value")]
    [InlineData("max_completion_tokens", "\"7\"", "max_completion_tokens", "invalid_value")]
    [InlineData("temperature", "2.01", "temperature", "invalid_value")]
    [InlineData("temperature", "1e400", "temperature", "invalid_value")]
    [InlineData("temperature", "\"NaN\"", "temperature", "invalid_value")]
    [InlineData("top_p", "0", "top_p", "invalid_value")]
    [InlineData("top_k", "-1", "top_k", "invalid_value")]
    [InlineData("seed", "9223372036854775808", "seed", "invalid_value")]
    [InlineData("logprobs", "1", "logprobs", "invalid_value")]
    [InlineData("top_logprobs", "3", "top_logprobs", "invalid_value")]
    [InlineData("top_logprobs", "21", "top_logprobs", "invalid_value")]
    [InlineData("logit_bias", "{\"a\":1}", "logit_bias", "invalid_value")]
    [InlineData("logit_bias", "{\"5\":101}", "logit_bias.5", "invalid_value")]
    [InlineData("logit_bias", "{\"5\":null}", "logit_bias.5", "invalid_value")]
    [InlineData("logit_bias", "[5]", "logit_bias", "invalid_value")]
    [InlineData("repetition_penalty", "0", "repetition_penalty", "invalid_value")]
    [InlineData("stop", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop", "invalid_value")]
    [InlineData("stop", "[\"a\",\"\"]", "stop[1]", "invalid_value")]
    [InlineData("stop", "[null]", "stop[0]", "invalid_value")]
    [InlineData("stop", "7", "stop", "invalid_value")]
    [InlineData("stream", "1", "stream", "invalid_value")]
    [InlineData("stream_options", "{\"include_usage\":\"yes\"}", "stream_options.include_usage", "invalid_value")]
    [InlineData("n", "9", "n", "invalid_value")]
    [InlineData("n", "0", "n", "invalid_value")]
    [InlineData("structured_outputs", "{}", "structured_outputs", "invalid_value")]
    [InlineData("structured_outputs", """{"regex": "a", "grammar": "b"}""", "structured_outputs", "invalid_value")]
    [InlineData("structured_outputs", """{"regex": 1}""", "structured_outputs.regex", "invalid_value")]
    [InlineData("structured_outputs", """{"choice": ["a"]}""", "structured_outputs.choice", "unsupported_parameter")]
    [InlineData("structured_outputs", """{"regex": "a"}, "response_format": {"type": "json_object"}""", "structured_outputs", "invalid_value")]
    [InlineData("timeout", "0", "timeout", "invalid_value")]
    [InlineData("timeout", "86401", "timeout", "invalid_value")]
    [InlineData("provider", """{"deadline_ms": 0}""", "provider.deadline_ms", "invalid_value")]
    [InlineData("provider", """{"deadline_ms": 1.5}""", "provider.deadline_ms", "invalid_value")]
    [InlineData("tools", "[{\"type\":\"function\"}]", "tools[0].function", "missing_required_parameter")]
    [InlineData("tools", "[{\"type\":\"web_search\"}]", "tools[0].type", "unsupported_parameter")]
    [InlineData("tools", "[null]", "tools[0]", "invalid_value")]
    [InlineData("tools", "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"a\":{\"b\":1,\"b\":2}}}}]", "tools[0].function.parameters", "invalid_value")]
    [InlineData("tools", "[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]", "tools[0].function.name", "invalid_value")]
    [InlineData("tools", "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":[]}}]", "tools[0].function.parameters", "invalid_value")]
    [InlineData("tools", "[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tools[1]", "invalid_value")]
    [InlineData("functions", "[{}]", "functions", "unsupported_parameter")]
    [InlineData("function_call", "{\"name\":\"f\"}", "function_call", "unsupported_parameter")]
    [InlineData("tool_choice", "\"required\"", "tool_choice", "invalid_value")]
    [InlineData("tool_choice", "\"always\"", "tool_choice", "invalid_value")]
    [InlineData("tool_choice", "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "tool_choice.function.name", "invalid_value")]
    [InlineData("parallel_tool_calls", "1", "parallel_tool_calls", "invalid_value")]
    [InlineData("response_format", "{\"type\":\"xml\"}", "response_format.type", "unsupported_parameter")]
    [InlineData("response_format", "{\"type\":\"json_schema\"}", "response_format.json_schema", "missing_required_parameter")]
    [InlineData("response_format", "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\"}}", "response_format.json_schema.schema", "missing_required_parameter")]
    [InlineData("response_format", "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":true}}", "response_format.json_schema.schema", "invalid_value")]
    [InlineData("modalities", "[\"text\",\"audio\"]", "modalities", "unsupported_parameter")]
    [InlineData("audio", "{\"voice\":\"x\"}", "audio", "unsupported_parameter")]
    [InlineData("provider", "{\"trust\":\"some\"}", "provider.trust", "invalid_value")]
    [InlineData("provider", "{\"only\":\"a\"}", "provider.only", "invalid_value")]
    [InlineData("provider", "{\"only\":[\"a\",1]}", "provider.only[1]", "invalid_value")]
    [InlineData("provider", "{\"order\":[null]}", "provider.order[0]", "invalid_value")]
    [InlineData("provider", "{\"ignore\":[\"\"]}", "provider.ignore[0]", "invalid_value")]
    [InlineData("provider", "{\"allow_fallbacks\":1}", "provider.allow_fallbacks", "invalid_value")]
    [InlineData("provider", "{\"quantizations\":{}}", "provider.quantizations", "invalid_value")]
    [InlineData("provider", "{\"sort\":\"cheap\"}", "provider.sort", "invalid_value")]
    [InlineData("provider", "{\"region\":\"eu\"}", "provider.region", "unsupported_parameter")]
    [InlineData("provider", "{\"data_collection\":\"deny\"}", "provider.data_collection", "unsupported_parameter")]
    [InlineData("provider", "{\"max_price\":{\"prompt\":\"1.5\"}}", "provider.max_price.prompt", "invalid_value")]
    [InlineData("provider", "{\"max_price\":{\"prompt\":-1}}", "provider.max_price.prompt", "invalid_value")]
    [InlineData("provider", "{\"require_parameters\":true,\"fast\":true}", "provider.fast", "unsupported_parameter")]
    public void TryParse_BadField_NamesIt(string name, string value, string param, string code) => AssertError(With(name, value), param, code);

    [Fact]
    public void TryParse_Tools_AreRead()
    {
        var request = Parse("""
            {"model": "m", "tools": [{"type": "function", "function": {"name": "f", "description": "d", "strict": true, "parameters": {"type": "object"}}}, {"type": "function", "function": {"name": "g"}}],
             "tool_choice": {"type": "function", "function": {"name": "g"}}, "parallel_tool_calls": false,
             "messages": [{"role": "assistant", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
               {"role": "tool", "tool_call_id": "c1", "content": "42"}]}
            """);

        Assert.Equal(("f", """{"type": "object"}""", "g", null), (request.Tools[0].Name, request.Tools[0].Parameters, request.Tools[1].Name, request.Tools[1].Parameters));
        Assert.StartsWith("""{"type": "function", "function": {"name": "f",""", request.Tools[0].Json, StringComparison.Ordinal);
        Assert.Equal(new ToolChoice(ToolChoiceMode.Required, "g"), request.ToolChoice);
        Assert.False(request.ParallelToolCalls);
        Assert.Equal([new ChatToolCall("c1", "f", """{"a":1}""")], request.Messages[0].ToolCalls);
        Assert.Equal("c1", request.Messages[1].ToolCallId);
        Assert.Empty(request.IgnoredParameters);
    }

    [Fact]
    public void TryParse_LogprobsBiasAndRepetitionPenalty_AreRead()
    {
        var request = Parse("""
            {"model": "m", "messages": [{"role": "user", "content": "x"}], "logprobs": true, "top_logprobs": 3, "logit_bias": {"5": -100, "17": 2.5}, "repetition_penalty": 1.2}
            """);

        Assert.Equal((3, 1.2), (request.TopLogprobs, request.RepetitionPenalty));
        Assert.Equal(new Dictionary<int, double> { [5] = -100, [17] = 2.5 }, request.LogitBias);
        Assert.Equal(0, Parse(With("logprobs", "true")).TopLogprobs);
        Assert.Null(Parse(With("logprobs", "false")).TopLogprobs);
    }

    [Theory]
    [InlineData("""{"type": "text"}""", null)]
    [InlineData("""{"type": "json_object"}""", "")]
    [InlineData("""{"type": "json_schema", "json_schema": {"name": "n", "strict": true, "schema": {"type": "object"}}}""", """{"type": "object"}""")]
    public void TryParse_ResponseFormat_IsRead(string json, string? schema)
    {
        var format = Parse(With("response_format", json)).ResponseFormat;

        Assert.Equal(schema, format is null ? null : format.Schema ?? "");
    }

    [Fact]
    public void TryParse_BrokenJson_TellsThePlaceAndNoContent()
    {
        var error = ErrorOf("{\"model\": \"secret\",\n  \"messages\": secret}");

        Assert.Contains("line 2, byte 14", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_TooManyMessages_IsRefused()
    {
        var message = """{"role":"user","content":"x"}""";

        AssertError($$"""{"model": "m", "messages": [{{string.Join(',', Enumerable.Repeat(message, 2049))}}]}""", "messages", "invalid_value");
    }

    private static string With(string name, string value) => $$"""{"model": "m", "messages": [{"role": "user", "content": "hi"}], "{{name}}": {{value}}}""";

    private static ChatCompletionRequest Parse(string json)
    {
        Assert.True(ChatCompletionRequest.TryParse(Encoding.UTF8.GetBytes(json), out var request, out var error), error?.Message);
        return request;
    }

    private static ChatRequestError ErrorOf(string json)
    {
        Assert.False(ChatCompletionRequest.TryParse(Encoding.UTF8.GetBytes(json), out _, out var error));
        return error;
    }

    private static void AssertError(string json, string? param, string code)
    {
        var error = ErrorOf(json);
        Assert.Equal((param, code, 400), (error.Param, error.Code, error.Status));
    }
}
