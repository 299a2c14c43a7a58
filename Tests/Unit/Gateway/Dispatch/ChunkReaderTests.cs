using System.Text;
using System.Text.Json;
using CocoonOrleans.Gateway.Dispatch;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

public sealed class ChunkReaderTests
{
    private const string Head = """{"id":"c","object":"chat.completion.chunk","created":7,"model":"m/x","choices":[""";

    private readonly ChunkReader _reader = new("c", 7, "m/x", takesLogprobs: true);

    [Fact]
    public void Read_WholeAnswer_GivesItsPieces()
    {
        Assert.Equal(new ChunkContent(true, "", null), Good(Choice("""{"role":"assistant","content":""}""")));
        Assert.Equal(new ChunkContent(false, "Hé\n", null), Good(Choice("""{"content":"Hé\n"}""")));
        Assert.Equal(new ChunkContent(false, "", "stop"), Good(Choice("{}", "\"stop\"")));
        Assert.True(_reader.IsFinished);
    }

    [Fact]
    public void Read_SeveralAnswers_EachHasAnOrderOfItsOwn()
    {
        var reader = new ChunkReader("c", 7, "m/x", choices: 2);
        ChunkFault Read(int index, string delta, string finish = "null") =>
            reader.Read(Encoding.UTF8.GetBytes(Head + $$"""{"index":{{index}},"delta":{{delta}},"finish_reason":{{finish}}}]}"""), out _);
        const string Role = """{"role":"assistant"}""", Text = """{"content":"a"}""";
        const string Call = """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]}""";

        Assert.Equal(ChunkFault.None, Read(1, Role));
        Assert.Equal(ChunkFault.OutOfOrder, Read(0, Text));
        Assert.Equal(ChunkFault.None, Read(1, Text));
        Assert.Equal(ChunkFault.OutOfOrder, Read(1, Role));
        Assert.Equal(ChunkFault.None, Read(0, Role));
        Assert.Equal(ChunkFault.None, Read(0, Call));
        Assert.Equal(ChunkFault.None, Read(1, Call));
        Assert.Equal(ChunkFault.None, Read(0, "{}", "\"tool_calls\""));
        Assert.False(reader.IsFinished);
        Assert.Equal(ChunkFault.OutOfOrder, Read(0, Text));
        Assert.Equal(ChunkFault.None, Read(1, Text));
        Assert.Equal(ChunkFault.None, Read(1, "{}", "\"length\""));
        Assert.True(reader.IsFinished);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("2")]
    [InlineData("0.5")]
    [InlineData("null")]
    public void Read_IndexOfNoAnswer_IsRefused(string index) => Assert.Equal(
        ChunkFault.BadField,
        new ChunkReader("c", 7, "m/x", choices: 2).Read(Encoding.UTF8.GetBytes(Head + $$"""{"index":{{index}},"delta":{"role":"assistant"},"finish_reason":null}]}"""), out _));

    [Fact]
    public void Read_ReasoningAndCalls_GivesTheirPieces()
    {
        Good(Choice("""{"role":"assistant","content":""}"""));
        Assert.Equal("hm", Good(Choice("""{"reasoning_content":"hm"}""")).Reasoning);
        Assert.Equal(
            new ToolCallDelta(0, "call_1", "f", ""),
            Good(Choice("""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}""")).ToolCall);
        Assert.Equal(new ToolCallDelta(0, null, null, "{}"), Good(Choice("""{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}""")).ToolCall);
        Assert.Equal("g", Good(Choice("""{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]}""")).ToolCall?.Name);
        Assert.Equal("tool_calls", Good(Choice("{}", "\"tool_calls\"")).FinishReason);
    }

    [Theory]
    [InlineData("""{"index":0,"function":{"arguments":"{}"}}""")]
    [InlineData("""{"index":1,"id":"c","type":"function","function":{"name":"f","arguments":""}}""")]
    [InlineData("""{"index":0,"type":"function","function":{"name":"f","arguments":""}}""")]
    [InlineData("""{"index":0,"id":"c","function":{"arguments":"{}"}}""")]
    public void Read_CallThatDoesNotBegin_IsOutOfOrder(string call)
    {
        Good(Choice("""{"role":"assistant","content":""}"""));

        Assert.Equal(ChunkFault.OutOfOrder, Read(Choice($$"""{"tool_calls":[{{call}}]}""")));
    }

    [Fact]
    public void Read_Logprobs_GivesThemAsTheyCame()
    {
        const string token = """{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"b","logprob":-9999,"bytes":null}]}""";
        Good(Choice("""{"role":"assistant"}"""));

        ChunkContent content = Good(Head + $$"""{"index":0,"delta":{"content":""},"logprobs":{"content":[{{token}}, {{token}}],"refusal":null},"finish_reason":null}]}""");

        Assert.Equal($"{token}, {token}", Encoding.UTF8.GetString(content.Logprobs!));
    }

    [Fact]
    public void Read_LogprobsThatNobodyAskedFor_AreRefused()
    {
        var reader = new ChunkReader("c", 7, "m/x");
        byte[] chunk = Encoding.UTF8.GetBytes(
            Head + """{"index":0,"delta":{"role":"assistant"},"logprobs":{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}]},"finish_reason":null}]}""");

        Assert.Equal(ChunkFault.BadField, reader.Read(chunk, out _));
    }

    [Theory]
    [InlineData("""{"content":"a","reasoning_content":"b"}""")]
    [InlineData("""{"content":"a","tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}""")]
    [InlineData("""{"reasoning_content":"a","tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}""")]
    public void Read_TwoPartsInOneChunk_AreRefused(string delta)
    {
        Good(Choice("""{"role":"assistant","content":""}"""));

        Assert.Equal(ChunkFault.BadField, Read(Choice(delta)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"content":[ ]}""")]
    [InlineData("""{"content":[]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":0.5,"bytes":[97],"top_logprobs":[]}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":-1,"bytes":[256],"top_logprobs":[]}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":-1,"bytes":[97]}]}""")]
    [InlineData("""{"content":[{"token":"a","token":"b","logprob":-1,"bytes":[97],"top_logprobs":[]}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[],"id":5}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[{"token":"a","logprob":-1,"bytes":[97],"top_logprobs":[]}]}]}""")]
    public void Read_LogprobsOfAnotherShape_AreRefused(string logprobs) =>
        Assert.Equal(ChunkFault.BadField, Read(Head + $$"""{"index":0,"delta":{"role":"assistant"},"logprobs":{{logprobs}},"finish_reason":null}]}"""));

    [Theory]
    [InlineData(",\"usage\":null")]
    [InlineData(",\"system_fingerprint\":\"fp_1\"")]
    [InlineData(",\"service_tier\":null")]
    public void Read_FieldThatClientsKnow_IsTaken(string field) =>
        Assert.Equal(ChunkFault.None, Read(Head + """{"index":0,"delta":{"role":"assistant","refusal":null},"logprobs":null,"finish_reason":null}]""" + field + "}"));

    [Theory]
    [InlineData("", ChunkFault.NotJson)]
    [InlineData("[]", ChunkFault.NotJson)]
    [InlineData("{", ChunkFault.NotJson)]
    [InlineData("{}", ChunkFault.MissingOrDoubleField)]
    [InlineData("{\"evil\":1}", ChunkFault.UnknownField)]
    [InlineData("{\"id\":\"other\"}", ChunkFault.BadField)]
    [InlineData("{\"created\":8}", ChunkFault.BadField)]
    [InlineData("{\"usage\":{}}", ChunkFault.BadField)]
    [InlineData("{\"id\":\"c\",\"id\":\"c\"}", ChunkFault.MissingOrDoubleField)]
    public void Read_BadChunk_NamesTheFault(string chunk, ChunkFault fault) => Assert.Equal(fault, Read(chunk));

    [Theory]
    [InlineData("""{"index":1,"delta":{}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0}""", ChunkFault.MissingOrDoubleField)]
    [InlineData("""{"index":0,"delta":{"content":7}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{"tool_calls":[]}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{"tool_calls":[{"index":0}]}}""", ChunkFault.MissingOrDoubleField)]
    [InlineData("""{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"code":""}}]}}""", ChunkFault.UnknownField)]
    [InlineData("""{"index":0,"delta":{"tool_calls":[{"index":0,"type":"x","function":{}}]}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{"tool_calls":[{"index":0,"function":{}},{"index":1,"function":{}}]}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{"reasoning_content":""}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{"role":"user"}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{},"finish_reason":"error"}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{}},{"index":1,"delta":{}}""", ChunkFault.BadField)]
    [InlineData("""{"index":0,"delta":{"content":"\ud800"}}""", ChunkFault.NotJson)]
    public void Read_BadChoice_NamesTheFault(string choice, ChunkFault fault) => Assert.Equal(fault, Read(Head + choice + "]}"));

    [Fact]
    public void Read_LineBreak_IsRefused() => Assert.Equal(ChunkFault.NotJson, Read(Choice("{\n\"role\":\"assistant\"}")));

    [Fact]
    public void Read_SecondObjectBehindIt_IsRefused() => Assert.Equal(ChunkFault.NotJson, Read(Choice("""{"role":"assistant"}""") + "{}"));

    [Fact]
    public void Read_FirstWithoutRole_IsOutOfOrder() => Assert.Equal(ChunkFault.OutOfOrder, Read(Choice("""{"content":"hi"}""")));

    [Fact]
    public void Read_SecondRole_IsOutOfOrder()
    {
        Good(Choice("""{"role":"assistant"}"""));

        Assert.Equal(ChunkFault.OutOfOrder, Read(Choice("""{"role":"assistant"}""")));
    }

    [Fact]
    public void Read_AfterTheFinish_IsOutOfOrder()
    {
        Good(Choice("""{"role":"assistant"}"""));
        Good(Choice("{}", "\"length\""));

        Assert.Equal(ChunkFault.OutOfOrder, Read(Choice("""{"content":"more"}""")));
    }

    [Fact]
    public void Read_AnyBytes_NeverThrows() =>
        Gen.Byte.Array[0, 200].Sample(bytes => new ChunkReader("c", 7, "m/x").Read(bytes, out _) != ChunkFault.None);

    [Fact]
    public void Read_GoodChunkWithAByteChanged_IsRefusedOrStillOneLineOfJson()
    {
        byte[] good = Encoding.UTF8.GetBytes(Choice("""{"role":"assistant","content":"text"}"""));
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] changed = [.. good];
            changed[at] = value;
            if (new ChunkReader("c", 7, "m/x").Read(changed, out ChunkContent content) == ChunkFault.None)
            {
                using JsonDocument document = JsonDocument.Parse(changed);
                JsonElement root = document.RootElement;
                return !changed.Contains((byte)'\n')
                    && root.GetProperty("id").GetString() == "c"
                    && root.GetProperty("model").GetString() == "m/x"
                    && root.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString() == content.Text;
            }

            return true;
        });
    }

    private static string Choice(string delta, string finish = "null") => $$"""{{Head}}{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""";

    private ChunkFault Read(string chunk) => _reader.Read(Encoding.UTF8.GetBytes(chunk), out _);

    private ChunkContent Good(string chunk)
    {
        Assert.Equal(ChunkFault.None, _reader.Read(Encoding.UTF8.GetBytes(chunk), out ChunkContent content));
        return content;
    }
}
