using CocoonOrleans.Tokenization.ToolCalls;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.ToolCalls;

public sealed class AnswerParserTests
{
    private const string Weather = """{"name": "get_weather", "arguments": {"city": "Paris", "days": 2}}""";

    private static readonly HashSet<string> Functions = ["get_weather", "add"];

    [Theory]
    [InlineData("Hello there.", "Hello there.")]
    [InlineData(" spaces \n kept \n", " spaces \n kept \n")]
    [InlineData("a < b and <tool_ is no call", "a < b and <tool_ is no call")]
    [InlineData("", "")]
    public void Append_NoCall_IsTheTextAsItWas(string text, string shown) => AssertParts(ToolCallStyle.Hermes, text, shown);

    [Fact]
    public void Append_HermesCall_IsACallAndNoText() =>
        AssertParts(ToolCallStyle.Hermes, $"<tool_call>\n{Weather}\n</tool_call>", """0 get_weather {"city": "Paris", "days": 2}""");

    [Fact]
    public void Append_TextAndTwoHermesCalls_AreKeptApart() =>
        AssertParts(
            ToolCallStyle.Hermes,
            $"I will look.\n\n<tool_call>\n{Weather}\n</tool_call>\n<tool_call>{{\"name\": \"add\", \"arguments\": {{}}}}</tool_call>\nDone",
            "I will look.",
            """0 get_weather {"city": "Paris", "days": 2}""",
            "1 add {}",
            "Done");

    [Fact]
    public void Append_HermesCallWithoutItsEnd_IsACall() =>
        AssertParts(ToolCallStyle.Hermes, $"<tool_call>\n{Weather}", """0 get_weather {"city": "Paris", "days": 2}""");

    [Theory]
    [InlineData("""<tool_call>{"name": "get_weather", "arguments": {"city": }}</tool_call>""")]
    [InlineData("""<tool_call>{"name": "unknown", "arguments": {}}</tool_call>""")]
    [InlineData("""<tool_call>{"name": "add"}</tool_call>""")]
    [InlineData("""<tool_call>{"name": "add", "arguments": [1]}</tool_call>""")]
    [InlineData("""<tool_call>{"name": "add", "arguments": {"a": 1}""")]
    [InlineData("<tool_call>")]
    [InlineData("<tool_call></tool_call>")]
    public void Append_MalformedHermesCall_IsText(string text) => AssertParts(ToolCallStyle.Hermes, text, text);

    [Fact]
    public void Append_ArgumentsAsAString_AreTheObjectInIt() =>
        AssertParts(ToolCallStyle.Hermes, """<tool_call>{"name": "add", "arguments": "{\"a\": 1}"}</tool_call>""", """0 add {"a": 1}""");

    [Theory]
    [InlineData("""{"name": "add", "parameters": {"a": 1}}""", """0 add {"a": 1}""")]
    [InlineData("""<|python_tag|>{"name": "add", "parameters": {"a": 1}}""", """0 add {"a": 1}""")]
    [InlineData("""{"type": "function", "name": "add", "parameters": {}}""", "0 add {}")]
    [InlineData("""{"type": "function", "function": {"name": "add", "parameters": {}}}""", "0 add {}")]
    public void Append_LlamaCall_IsACall(string text, string call) => AssertParts(ToolCallStyle.Llama, text, call);

    [Fact]
    public void Append_TwoLlamaCalls_AreTwo() =>
        AssertParts(ToolCallStyle.Llama, """{"name": "add", "parameters": {"a": 1}}; {"name": "add", "parameters": {"a": 2}}""", """0 add {"a": 1}""", """1 add {"a": 2}""");

    [Theory]
    [InlineData("""{"city": "Paris"}""")]
    [InlineData("""{"name": "unknown", "parameters": {}}""")]
    [InlineData("""{"name": "add", "parameters": {}} and more""")]
    [InlineData("""[TOOL_CALLS]{"name": "add", "parameters": {}}""")]
    [InlineData("{")]
    [InlineData("{ 1 }")]
    public void Append_OtherJsonOfALlama_IsText(string text) => AssertParts(ToolCallStyle.Llama, text, text);

    [Fact]
    public void Append_LlamaTextThatStartsWithABrace_IsShownAsSoonAsItIsNoCall()
    {
        var parser = new AnswerParser(ToolCallStyle.Llama, Functions);

        Assert.Empty(parser.Append("{\""));
        Assert.Equal([new ContentPart("{\"city")], parser.Append("city"));
    }

    [Theory]
    [InlineData("""[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}, {"name": "add", "arguments": {}}]""", """0 add {"a": 1}""", "1 add {}")]
    [InlineData("""[{"name": "add", "arguments": {"a": 1}}]""", """0 add {"a": 1}""")]
    [InlineData("""[TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]add[ARGS]{"a": 2}""", """0 add {"a": 1}""", """1 add {"a": 2}""")]
    [InlineData("""[TOOL_CALLS]add{"a": 1}""", """0 add {"a": 1}""")]
    [InlineData("""Let me see. [TOOL_CALLS][{"name": "add", "arguments": {}}]""", "Let me see.", "0 add {}")]
    public void Append_MistralCalls_AreCalls(string text, params string[] parts) => AssertParts(ToolCallStyle.Mistral, text, parts);

    [Theory]
    [InlineData("[1] is a footnote")]
    [InlineData("""[{"name": "unknown", "arguments": {}}]""")]
    public void Append_OtherMistralText_IsText(string text) => AssertParts(ToolCallStyle.Mistral, text, text);

    [Fact]
    public void Append_NoCallsAllowed_IsText()
    {
        var text = $"<tool_call>\n{Weather}\n</tool_call>";
        AssertParts(ToolCallStyle.None, text, text);
    }

    [Fact]
    public void Append_Reasoning_IsKeptApart() =>
        AssertParts(ToolCallStyle.Hermes, $"<think>\nHm, 1 < 2.\n</think>\n\nYes.<tool_call>{Weather}</tool_call>", "? Hm, 1 < 2.", "Yes.", """0 get_weather {"city": "Paris", "days": 2}""");

    [Fact]
    public void Append_PromptEndsInsideReasoning_BeginsWithIt()
    {
        var parser = new AnswerParser(ToolCallStyle.None, Functions, reasons: true, startsInReasoning: true);

        Assert.True(parser.IsReasoning);
        Assert.Equal([new ReasoningPart("why")], parser.Append("\nwhy\n"));
        Assert.Equal([new ContentPart("so")], parser.Append("</think>\n\nso"));
        Assert.False(parser.IsReasoning);
    }

    [Fact]
    public void Append_EachCharacterOfText_IsShownAtOnceWhereItCanNotBeACall()
    {
        var parser = new AnswerParser(ToolCallStyle.Hermes, Functions);

        Assert.Equal([new ContentPart("a")], parser.Append("a"));
        Assert.Empty(parser.Append(" "));
        Assert.Equal([new ContentPart(" b")], parser.Append("b"));
        Assert.Empty(parser.Append("<tool"));
        Assert.Equal([new ContentPart("<toolx")], parser.Append("x"));
    }

    [Fact]
    public void Append_CallWithoutEnd_IsTextOnceItIsTooLong()
    {
        var parser = new AnswerParser(ToolCallStyle.Hermes, Functions);
        parser.Append("<tool_call>");

        Assert.Empty(parser.Append(new string('x', 1 << 20)));
        Assert.Equal([new ContentPart("<tool_call>" + new string('x', 1 << 20) + "y")], parser.Append("y"));
    }

    [Theory]
    [InlineData("add", """{"a": 1}""", """0 add {"a": 1}""")]
    [InlineData("add", """{"a": 1""", """0 add {"a": 1""")]
    [InlineData("add", "", "0 add ")]
    [InlineData(null, """{"name":"add","arguments":{"a":1}}""", """0 add {"a":1}""")]
    [InlineData(null, """{"name":"add","arguments":{"a":1}""", """0 add {"a":1}""")]
    [InlineData(null, """{"name": "add", "parameters": {"a":""", """0 add {"a":""")]
    [InlineData(null, """{"name":"ad""", """{"name":"ad""")]
    [InlineData(null, """{"name":"unknown","arguments":{""", """{"name":"unknown","arguments":{""")]
    public void Complete_ForcedCall_IsTheCallAlsoWhereItWasCut(string? name, string text, string part) =>
        Assert.Equal([part], Parse(new AnswerParser(ToolCallStyle.Hermes, Functions, forced: new ForcedCall("", name, "{}")), text.Select(c => c.ToString())));

    /// <summary>However the text is cut, the parts are the same, and nothing of a call is ever shown as text.</summary>
    [Fact]
    public void Append_AnyCuts_GiveTheSameParts()
    {
        string[] pieces =
        [
            "<tool_call>", "</tool_call>", Weather, "<think>", "</think>", "text ", "\n", "{", "}", "[TOOL_CALLS]", "[", "]", """{"name": "add", "parameters": {}}""", ";", "é😀", "<", "<|python_tag|>",
            "add", "[ARGS]",
        ];
        Gen.Select(Gen.Enum<ToolCallStyle>(), Gen.Int[0, pieces.Length - 1].Array[0, 8], Gen.Int[0, 200].Array[0, 12], Gen.Bool).Sample(
            (style, numbers, cuts, reasons) =>
            {
                var text = string.Concat(numbers.Select(number => pieces[number]));
                var whole = Parse(new AnswerParser(style, Functions, reasons), [text]);
                int[] at = [0, .. cuts.Where(cut => cut < text.Length).Order(), text.Length];
                var split = Parse(new AnswerParser(style, Functions, reasons), at.Zip(at.Skip(1), (from, to) => text[from..to]));
                Assert.Equal(whole, split);
            },
            iter: 20_000);
    }

    private static void AssertParts(ToolCallStyle style, string text, params string[] expected) =>
        Assert.Equal(expected.Where(part => part.Length > 0), Parse(new AnswerParser(style, Functions, reasons: true), text.Select(c => c.ToString())));

    /// <summary>The parts with neighbours joined: calls as number, name and arguments, reasoning behind a question mark.</summary>
    private static List<string> Parse(AnswerParser parser, IEnumerable<string> pieces)
    {
        var parts = new List<string>();
        AnswerPart? last = null;
        foreach (var part in pieces.SelectMany(piece => parser.Append(piece).ToList()).Concat(Enumerable.Range(0, 1).SelectMany(_ => parser.Complete())))
        {
            var (text, joins) = part switch
            {
                ContentPart content => (content.Text, last is ContentPart),
                ReasoningPart reasoning => (reasoning.Text, last is ReasoningPart),
                ToolCallPart call => ($"{call.Index} {call.Name} {call.Arguments}", false),
                _ => throw new InvalidOperationException(),
            };
            if (joins)
            {
                parts[^1] += text;
            }
            else
            {
                parts.Add(part is ReasoningPart ? "? " + text : text);
            }

            last = part;
        }

        return parts;
    }
}
