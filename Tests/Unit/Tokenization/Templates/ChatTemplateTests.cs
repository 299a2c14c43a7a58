using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Templates;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

public sealed class ChatTemplateTests
{
    private const string Double = "{% set x = x + x %}";

    /// <summary>Makes x a text of 65,536 letters.</summary>
    private const string Long = "{% set x = 'aaaaaaaaaaaaaaaa' %}" + Double + Double + Double + Double + Double + Double + Double + Double + Double + Double + Double + Double;

    [Theory]
    [InlineData("a\n{% macro x() %}{% endmacro %}", 2, "macro")]
    [InlineData("{{ messages | tojson }}", 1, "tojson")]
    [InlineData("\n\n{{ messages[0].content.upper() }}", 3, "upper")]
    [InlineData("{{ namespace(x=1) }}", 1, "namespace")]
    [InlineData("{{ messages[::-1] }}", 1, ":")]
    [InlineData("{{ x is mapping }}", 1, "mapping")]
    [InlineData("{% for a, b in x %}{% endfor %}", 1, ",")]
    [InlineData("{% for a in x if a %}{% endfor %}", 1, "if")]
    [InlineData("{% set ns.x = 1 %}", 1, ".")]
    [InlineData("{% if x %}", 1, "end of template")]
    [InlineData("{% endfor %}", 1, "endfor")]
    [InlineData("{{ 'abc }}", 1, "'")]
    [InlineData("{{ x", 1, "end of template")]
    [InlineData("{# x", 1, "{#")]
    [InlineData("{{ 1.5 }}", 1, "5")]
    [InlineData("{{ x $ y }}", 1, "$")]
    [InlineData("{{ '\\x41' }}", 1, "\\x")]
    [InlineData("{{ {'a': 1} }}", 1, "{")]
    public void Parse_WhatIsNotSupported_NamesLineAndWord(string source, int line, string word)
    {
        var exception = Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(source));

        Assert.Equal((line, word), (exception.Line, exception.Word));
    }

    [Theory]
    [InlineData("{% for a in messages %}{% for b in messages %}{% for c in messages %}{% for d in messages %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}")]
    [InlineData("{% set x = 'aaaaaaaaaaaaaaaa' %}{% for a in messages %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% set x = x + x %}{% endfor %}")]
    [InlineData(Long + "{% for a in messages %}{% for b in messages %}{% set n = x | length %}{% endfor %}{% endfor %}")]
    [InlineData(Long + "{{ x in x }}")]
    [InlineData("{{ missing.part }}")]
    [InlineData("{{ 'a' + 1 }}")]
    [InlineData("{{ 1 % 0 }}")]
    [InlineData("{{ messages }}")]
    [InlineData("{% for x in 5 %}{% endfor %}")]
    public void TryRender_WhatGoesTooFarOrCannotBe_IsRefused(string source)
    {
        var messages = Enumerable.Repeat(new ChatMessage(ChatRole.User, "x"), 60).ToArray();

        Assert.False(ChatTemplate.Parse(source).TryRender(messages, true, null, null, out _, out var refusal));
        Assert.NotEmpty(refusal.Reason);
    }

    [Fact]
    public void TryRender_SmallestNumberByMinusOne_IsNoFault() => Assert.Equal("0", Render("{{ (0 - 9223372036854775807 - 1) % (0 - 1) }}", []).Text);

    [Fact]
    public void TryRender_Prompt_KnowsWhatCameFromMessages()
    {
        var prompt = Render("{% for m in messages %}<{{ m.role }}>{{ m.content | trim }}{{ m.name }}|{% endfor %}", [new(ChatRole.User, " ab\n", "Ann"), new(ChatRole.Assistant, ""), new(ChatRole.User, "c")]);

        Assert.Equal("<user>abAnn|<assistant>|<user>c|", prompt.Text);
        Assert.Equal(["abAnn", "c"], prompt.FromMessages.Select(range => prompt.Text[range.Start..range.End]));
    }

    [Fact]
    public void TryRender_DeveloperForATemplateThatDoesNotKnowIt_IsTheSystem() => Assert.Equal("system", Render("{{ messages[0].role }}", [new(ChatRole.Developer, "x")]).Text);

    [Fact]
    public void Parse_AnySourceMadeOfTemplatePieces_IsReadOrRefusedAndNeverFaults()
    {
        var pieces = Gen.OneOf(
            "{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", " if ", " elif ", " else ", " endif ", " for ", " in ", " endfor ", " set ", " x ", "=", "==", "messages", "[", "]", "(", ")", "'a'", "1", ":", ".content", "|trim", "|length",
            " is defined ", " not ", "-", "+", "~", "%", " and ", "\n", "text", "'", "{% if x %}", "{% endif %}", "{{ 'a' }}", "{% for x in messages %}", "{% endfor %}", "{{ messages[0].content }}");
        pieces.Array[1, 30].Select(string.Concat).Sample(
            source =>
            {
                try
                {
                    ChatTemplate.Parse(source).TryRender([new(ChatRole.User, "hi")], true, "<s>", null, out _, out _);
                }
                catch (TemplateSyntaxException)
                {
                }
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    [InlineData("-")]
    [InlineData("1+")]
    [InlineData("x[")]
    [InlineData("1 if 1 else ")]
    public void Parse_EndlessExpression_IsRefused(string piece) =>
        Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse("{{" + string.Concat(Enumerable.Repeat(piece, 20_000)) + "1}}"));

    [Fact]
    public void Parse_EndlessNesting_IsRefused() => Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat("{% if x %}", 10_000))));

    private static ChatPrompt Render(string source, ChatMessage[] messages)
    {
        Assert.True(ChatTemplate.Parse(source).TryRender(messages, true, "<s>", "</s>", out var prompt, out var refusal), refusal?.Reason);
        return prompt;
    }
}
