using System.Text;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Responses;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Responses;

public sealed class ResponsesRequestTests
{
    private const string Canary = "kanarienvogel";

    private static readonly byte[] Good = Encoding.UTF8.GetBytes($$"""
        {"model":"{{Canary}}","instructions":"{{Canary}}","input":[{"role":"user","content":[{"type":"input_text","text":"{{Canary}}"}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
         {"type":"function_call_output","call_id":"c1","output":"{{Canary}}"},{"type":"reasoning","summary":[]}],"tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}],
         "tool_choice":{"type":"function","name":"f"},"temperature":0.5,"top_p":0.9,"max_output_tokens":9,"stream":true,"store":false,"metadata":{"a":"{{Canary}}"},
         "include":["message.output_text.logprobs"],"top_logprobs":2,"parallel_tool_calls":false,"provider":{"trust":"open"} }
        """);

    private static readonly Gen<string> Fragments = Gen.OneOf(
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "1e400", "-1", "\"\\ud800\"", "{\"a\":", "[[[[", "\"input\":", "\"tools\":", "9999999999999999999999", "\u00ff", "\n");

    [Fact]
    public void ToChat_EveryKindOfItem_IsTheChatThatItMeans()
    {
        ChatCompletionRequest chat = Chat(Good, "{\"role\":\"user\",\"content\":\"before\"}");

        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.User, ChatRole.Assistant, ChatRole.Tool], chat.Messages.Select(message => message.Role));
        Assert.Equal("f", Assert.Single(chat.Messages[3].ToolCalls).Name);
        Assert.Equal("c1", chat.Messages[4].ToolCallId);
        Assert.Equal((9, 2, "f", false, true), (chat.MaxCompletionTokens, chat.TopLogprobs, chat.ToolChoice.Name, chat.ParallelToolCalls, chat.Stream));
    }

    [Fact]
    public void ParamOf_FieldsOfTheChat_AreThoseOfTheResponse()
    {
        Assert.True(ResponsesRequest.TryParse(Good, out ResponsesRequest? request, out _));

        Assert.Equal("instructions", request.ParamOf("messages[0].content", 1));
        Assert.Equal("input", request.ParamOf("messages[1]", 1));
        Assert.Equal("input[0]", request.ParamOf("messages[2].role", 1));
        Assert.Equal("input[2]", request.ParamOf("messages[4].content", 1));
        Assert.Equal("max_output_tokens", request.ParamOf("max_completion_tokens", 1));
        Assert.Equal("text.format", request.ParamOf("response_format.json_schema.schema", 1));
    }

    /// <summary>What the mutations below found: a name that is no text can't be compared with others.</summary>
    [Theory]
    [InlineData("""{"model":"m","input":"hi","tools":[{"type":"function","name":"f","parameters":{"\ud800":1}}]}""")]
    [InlineData("""{"model":"m","input":"hi","text":{"format":{"type":"json_schema","name":"f","schema":{"\ud800":1}}}}""")]
    public void TryParse_NameOfHalfACharacter_IsRefused(string body)
    {
        Assert.False(ResponsesRequest.TryParse(Encoding.UTF8.GetBytes(body), out _, out ChatRequestError? error));
        Assert.NotNull(error);
    }

    [Fact]
    public void TryParse_MutatedBody_NeverThrowsAndNeverRepeatsContent() =>
        Gen.Select(Gen.Int[0, Good.Length], Gen.Int[0, 30], Fragments, (at, remove, insert) => (at, remove, insert)).Array[1, 4]
            .Sample(mutations => AssertTotal(mutations.Aggregate(Good, Mutate)), iter: LongRun.Rounds(5_000, 1_000_000));

    [Theory]
    [InlineData("""{"model":"m","input":"i","tools":[{"type":"function","name":"f","parameters":{"\ud800":1}}]}""", "tools[0].parameters")]
    [InlineData("""{"model":"m","input":"i","text":{"format":{"type":"json_schema","name":"s","schema":{"\ud800":1}}}}""", "text.format.schema")]
    public void TryParse_NameThatIsHalfASurrogatePair_IsRefusedByItsField(string body, string field)
    {
        Assert.False(ResponsesRequest.TryParse(Encoding.UTF8.GetBytes(body), out _, out ChatRequestError? error));

        Assert.Equal(field, error.Param);
    }

    private static ChatCompletionRequest Chat(byte[] body, params string[] earlier)
    {
        Assert.True(ResponsesRequest.TryParse(body, out ResponsesRequest? request, out ChatRequestError? error), error?.Message);
        Assert.True(ChatCompletionRequest.TryParse(request.ToChat(earlier), out ChatCompletionRequest? chat, out error), error?.Message);
        return chat;
    }

    private static byte[] Mutate(byte[] body, (int At, int Remove, string Insert) mutation)
    {
        int at = Math.Min(mutation.At, body.Length);
        return [.. body[..at], .. Encoding.Latin1.GetBytes(mutation.Insert), .. body[Math.Min(at + mutation.Remove, body.Length)..]];
    }

    private static void AssertTotal(byte[] body)
    {
        bool good = ResponsesRequest.TryParse(body, out ResponsesRequest? request, out ChatRequestError? error);

        Assert.Equal(good, error is null);
        Assert.DoesNotContain(Canary, error?.Message ?? "", StringComparison.Ordinal);
        if (good)
        {
            ChatCompletionRequest.TryParse(request!.ToChat([]), out _, out error);
            _ = request.ParamOf(error?.Param, 0);
        }
    }
}
