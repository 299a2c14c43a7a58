using System.Text.Json;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.ToolCalls;

namespace CocoonOrleans.Tests.Unit.Tokenization.ToolCalls;

public sealed class ForcedCallTests
{
    private const string Schema = """{"type":"object","properties":{"next":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"string"}}}""";

    private static readonly ChatTool First = new("first", Schema, "{}");
    private static readonly ChatTool Second = new("second", null, "{}");

    [Fact]
    public void Of_NothingForced_IsNull()
    {
        Assert.Null(ForcedCall.Of(Request(ToolChoice.Auto, First), ToolCallStyle.Hermes));
        Assert.Null(ForcedCall.Of(Request(new ToolChoice(ToolChoiceMode.Required), First), ToolCallStyle.None));
    }

    [Theory]
    [InlineData(ToolCallStyle.Hermes, "<tool_call>\n{\"name\": \"first\", \"arguments\": ")]
    [InlineData(ToolCallStyle.Llama, "{\"name\": \"first\", \"parameters\": ")]
    [InlineData(ToolCallStyle.Mistral, "[TOOL_CALLS][{\"name\": \"first\", \"arguments\": ")]
    public void Of_NamedFunction_LeavesItsArguments(ToolCallStyle style, string opening) =>
        Assert.Equal(new ForcedCall(opening, "first", Schema), ForcedCall.Of(Request(new ToolChoice(ToolChoiceMode.Required, "first"), Second, First), style));

    [Fact]
    public void Of_OneFunctionRequired_IsAsNamed() =>
        Assert.Equal("first", ForcedCall.Of(Request(new ToolChoice(ToolChoiceMode.Required), First), ToolCallStyle.Hermes)?.Name);

    [Fact]
    public void Of_FunctionWithoutParameters_TakesNone() =>
        Assert.Equal(
            """{"type":"object","properties":{},"additionalProperties":false}""",
            ForcedCall.Of(Request(new ToolChoice(ToolChoiceMode.Required), Second), ToolCallStyle.Hermes)?.Schema);

    [Fact]
    public void Of_SeveralFunctionsRequired_LeavesTheChoiceAndKeepsReferences()
    {
        var call = ForcedCall.Of(Request(new ToolChoice(ToolChoiceMode.Required), Second, First), ToolCallStyle.Llama)!;

        Assert.Null(call.Name);
        using var schema = JsonDocument.Parse(call.Schema);
        var first = schema.RootElement.GetProperty("anyOf")[1].GetProperty("properties");
        Assert.Equal("first", first.GetProperty("name").GetProperty("const").GetString());
        Assert.Equal(
            "#/anyOf/1/properties/parameters/$defs/a",
            first.GetProperty("parameters").GetProperty("properties").GetProperty("next").GetProperty("$ref").GetString());
    }

    private static ChatCompletionRequest Request(ToolChoice choice, params ChatTool[] tools) => new()
    {
        Model = "m",
        Messages = [],
        Tools = tools,
        ToolChoice = choice,
    };
}
