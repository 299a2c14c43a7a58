using System.Text.Json;
using CocoonOrleans.Tokenization.Templates;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

public sealed class ChatTemplateTests
{
    [Theory]
    [InlineData("a\n{% include 'x' %}", 2, "include")]
    [InlineData("{% raw %}{% endraw %}", 1, "raw")]
    [InlineData("{% do x.append(1) %}", 1, "do")]
    [InlineData("{{ messages | xmlattr }}", 1, "xmlattr")]
    [InlineData("{{ x | map('xmlattr') | list }}", 1, "xmlattr")]
    [InlineData("{{ x | selectattr('a', 'escaped') }}", 1, "escaped")]
    [InlineData("\n\n{{ messages[0].content.encode() }}", 3, "encode")]
    [InlineData("{{ messages.append(1) }}", 1, "append")]
    [InlineData("{{ cycler(1) }}", 1, "cycler")]
    [InlineData("{{ x(1) }}", 1, "x")]
    [InlineData("{{ x is escaped }}", 1, "escaped")]
    [InlineData("{{ x | tojson(2, indent=1, sep=1) }}", 1, "tojson")]
    [InlineData("{{ x | tojson(ensure_ascii=1, ensure_ascii=2) }}", 1, "ensure_ascii")]
    [InlineData("{{ x | trim('a', 'b') }}", 1, "trim")]
    [InlineData("{{ x | replace('a') }}", 1, "replace")]
    [InlineData("{{ x is divisibleby }}", 1, "divisibleby")]
    [InlineData("{{ x is defined is none }}", 1, "is")]
    [InlineData("{{ f(*x) }}", 1, "*")]
    [InlineData("{{ 'a'() }}", 1, "(")]
    [InlineData("{{ messages[1, 2] }}", 1, ",")]
    [InlineData("{% for a in x recursive %}{% endfor %}", 1, "recursive")]
    [InlineData("{% for loop in x %}{% endfor %}", 1, "in")]
    [InlineData("{% break %}", 1, "break")]
    [InlineData("{% for x in y %}{% macro m() %}{% continue %}{% endmacro %}{% endfor %}", 1, "continue")]
    [InlineData("{% macro m(a=1, b) %}{% endmacro %}", 1, "b")]
    [InlineData("{% macro m(a, a) %}{% endmacro %}", 1, "a")]
    [InlineData("{% set true = 1 %}", 1, "true")]
    [InlineData("{% set x.y.z = 1 %}", 1, ".")]
    [InlineData("{% call x %}{% endcall %}", 1, "x")]
    [InlineData("{% if x %}", 1, "end of template")]
    [InlineData("{% endfor %}", 1, "endfor")]
    [InlineData("{% if x %}{% endfor %}", 1, "endfor")]
    [InlineData("{% if a if b else c %}{% endif %}", 1, "if")]
    [InlineData("{{ 'abc }}", 1, "'")]
    [InlineData("{{ x", 1, "end of template")]
    [InlineData("{# x", 1, "{#")]
    [InlineData("{{ x $ y }}", 1, "$")]
    [InlineData("{{ '\\x4' }}", 1, "\\x")]
    [InlineData("{{ '\\N{DASH}' }}", 1, "\\N")]
    [InlineData("{{ [1) }}", 1, ")")]
    [InlineData("{{ {'a': 1]} }}", 1, "]")]
    [InlineData("{{ 99999999999999999999 }}", 1, "99999999999999999999")]
    [InlineData("{{ x +}}", 1, "}}")]
    public void Parse_WhatIsNotSupported_NamesLineAndWord(string source, int line, string word)
    {
        var exception = Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(source));

        Assert.Equal((line, word), (exception.Line, exception.Word));
    }

    [Fact]
    public void TryRender_DeveloperForATemplateThatDoesNotKnowIt_IsTheSystem()
    {
        Assert.Equal("system", Render("{{ messages[0].role }}", "[{\"role\": \"developer\", \"content\": \"x\"}]").Text);
        Assert.Equal("developer", Render("{{ messages[0].role }}{# developer #}", "[{\"role\": \"developer\", \"content\": \"x\"}]").Text);
    }

    [Fact]
    public void TryRender_LineBreaks_AreThoseOfPythonOnly() => Assert.Equal("a\nb\nc\u2028d\u0085", Render("a\r\nb\rc\u2028d\u0085\n", "[]").Text);

    [Theory]
    [InlineData("{{ messages[0].n }}", "[{\"n\": 9223372036854775807}]", "9223372036854775807")]
    [InlineData("{{ messages[0].n }}", "[{\"n\": 18446744073709551616}]", "1.8446744073709552e+19")]
    [InlineData("{{ messages[0].n }}", "[{\"n\": 1, \"n\": 2}]", "2")]
    public void TryRender_OddJson_IsRead(string source, string messages, string expected) => Assert.Equal(expected, Render(source, messages).Text);

    [Theory]
    [InlineData("[{\"content\": \"\\ud800\"}]")]
    [InlineData("[{\"\\ud800\": 1}]")]
    public void TryRender_HalfASurrogatePair_IsRefused(string messages)
    {
        var input = new ChatTemplateInput { Messages = [.. JsonDocument.Parse(messages).RootElement.EnumerateArray()] };

        Assert.False(ChatTemplate.Parse("x").TryRender(input, out _, out var refusal));
        Assert.Contains("surrogate", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRender_DeepJson_IsRefused()
    {
        var deep = JsonDocument.Parse(new string('[', 500) + new string(']', 500), new JsonDocumentOptions { MaxDepth = 1000 }).RootElement;

        Assert.False(ChatTemplate.Parse("x").TryRender(new ChatTemplateInput { Messages = [deep] }, out _, out var refusal));
        Assert.Contains("nested deeper than 128", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRender_NumbersBeyond64Bits_AreRefused() =>
        Assert.Contains("too large", TemplateCases.Render("{{ 9223372036854775807 + 1 }}", new ChatTemplateInput { Messages = [] }).Refusal, StringComparison.Ordinal);

    private static ChatPrompt Render(string source, string messages)
    {
        var input = new ChatTemplateInput { Messages = [.. JsonDocument.Parse(messages).RootElement.EnumerateArray()] };
        Assert.True(ChatTemplate.Parse(source).TryRender(input, out var prompt, out var refusal), refusal?.Reason);
        return prompt;
    }
}
