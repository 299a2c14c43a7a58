using System.Text.Json;
using CocoonOrleans.Tokenization.Templates;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

/// <summary>Templates come with models, so some are meant to do harm: none may take the process down, or more than a bounded piece of its time and memory.</summary>
public sealed class ChatTemplateBoundsTests
{
    /// <summary>x has a million letters.</summary>
    private const string Long = "{% set x = 'aaaaaaaaaa' * 100000 %}";

    [Theory]
    [InlineData("{% for a in messages %}{% for b in messages %}{% for c in messages %}{% for d in messages %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}", "too much work")]
    [InlineData("{% set n = namespace(x='aaaaaaaa') %}{% for a in range(100) %}{% set n.x = n.x + n.x %}{% endfor %}", "more than 16777216 characters")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(100) %}{% set n.x = n.x + n.x %}{% endfor %}", "too much work")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(100) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}", "too much work")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(100) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x | tojson }}", "too much work")]
    [InlineData("{% set n = namespace(x=[1], y=[1]) %}{% for a in range(100) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}", "too much work")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(2000) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x | tojson }}", "nests")]
    [InlineData("{% set n = namespace(x=[1]) %}{% for a in range(2000) %}{% set n.x = {'a': n.x} %}{% endfor %}{{ n.x }}", "nests")]
    [InlineData("{% set n = namespace(x=[1], y=[1]) %}{% for a in range(2000) %}{% set n.x = [n.x] %}{% set n.y = [n.y] %}{% endfor %}{{ n.x < n.y }}", "nests")]
    [InlineData("{% macro m(a) %}{{ m(a) }}{% endmacro %}{{ m(1) }}", "nests")]
    [InlineData("{% macro m(a=m()) %}{% endmacro %}{{ m() }}", "nests")]
    [InlineData("{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}", "nests")]
    [InlineData("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(30) }}", "too much work")]
    [InlineData("{{ 'a' * 100000000000 }}", "more than 16777216 characters")]
    [InlineData("{{ 'aaaaaaaaaa' * 5000000 }}", "more than 16777216 characters")]
    [InlineData("{{ [1] * 100000000000 }}", "100000 elements")]
    [InlineData("{{ [1, 2] * 9223372036854775807 }}", "100000 elements")]
    [InlineData("{{ range(100001) }}", "100000 numbers")]
    [InlineData("{{ range(-9223372036854775807, 9223372036854775807) }}", "100000 numbers")]
    [InlineData("{% for i in range(100000) %}{{ range(100000) | length }}{% endfor %}", "too much work")]
    [InlineData("{% for i in range(100000) %}{% set y = range(100) | list | tojson(indent=1000000) %}{% endfor %}", "more than 16777216 characters")]
    [InlineData("{% for i in range(100000) %}{% set y = 'a' | indent(10000000) %}{% endfor %}", "too much work")]
    [InlineData("{{ [[]] | tojson(indent=100000000000) }}", "more than 16777216 characters")]
    [InlineData(Long + "{% for a in range(1000) %}{% set n = x | length %}{% endfor %}", "too much work")]
    [InlineData(Long + "{% for a in range(1000) %}{% set n = x.strip(x) %}{% endfor %}", "too much work")]
    [InlineData(Long + "{% for a in range(1000) %}{% set n = x.startswith(x) %}{% endfor %}", "too much work")]
    [InlineData(Long + "{% for a in range(1000) %}{% set n = x == x ~ 'b' %}{% set n = {x: 1} %}{% endfor %}", "too much work")]
    [InlineData(Long + "{% for a in range(1000) %}{% set n = messages[0][x] %}{% set n = messages[x] %}{% endfor %}", "too much work")]
    [InlineData(Long + "{% for a in range(1000) %}{% set n = messages | map(attribute=x) | list %}{% endfor %}", "too much work")]
    [InlineData("{% set l = range(100000) %}{% for a in l %}{% set n = l.count(1) %}{% endfor %}", "too much work")]
    [InlineData(Long + "{{ x in x }}", "too much work")]
    [InlineData(Long + "{{ x.replace('a', x) }}", "more than 16777216 characters")]
    [InlineData(Long + "{{ x.replace('', x) }}", "more than 16777216 characters")]
    [InlineData(Long + "{{ x | replace('a', 'b') }}", "too much work")]
    [InlineData(Long + "{{ (x ~ 'b').split(x ~ 'c') }}{{ x.count(x) }}", "too much work")]
    [InlineData(Long + "{{ x.join(x) }}", "more than 16777216 characters")]
    [InlineData(Long + "{% for c in x %}{% for c in x %}{% endfor %}{% endfor %}", "too much work")]
    [InlineData(Long + "{% for c in range(1000) %}{{ x }}{% endfor %}", "more than 16777216 characters")]
    [InlineData(Long + "{{ [x, x, x] | tojson }}{{ (x * 10) | tojson }}", "more than 16777216 characters")]
    [InlineData(Long + "{{ (x | list | sort | join) }}{{ x | list | unique | list | length }}", "too much work")]
    [InlineData("{{ 9223372036854775807 ** 9223372036854775807 }}", "too large")]
    [InlineData("{{ -9223372036854775807 - 2 }}", "too large")]
    [InlineData("{{ (0 - 9223372036854775807 - 1) // -1 }}", "too large")]
    [InlineData("{{ 10.0 ** 1000 // 1 }}{{ (-1) ** 0.5 }}", "no such result")]
    [InlineData("{{ ('9' * 200) | int }}", "too large")]
    [InlineData("{{ 1e300 | int }}", "too large")]
    [InlineData("{{ strftime_now('%Q') }}", "%Q")]
    [InlineData("{% set ns = namespace() %}{% set ns.a = ns %}{{ ns.a | tojson }}", "no word")]
    [InlineData("{% set ns = namespace() %}{% set ns.a = [ns] %}{{ ns.a }}", "no text")]
    [InlineData("{{ loop }}{% for x in messages %}{{ loop }}{% endfor %}", "no text")]
    [InlineData("{{ range }}", "no text")]
    public void TryRender_WhatGoesTooFar_IsRefused(string source, string reason)
    {
        var message = JsonDocument.Parse("{\"role\": \"user\", \"content\": \"x\"}").RootElement;

        Assert.False(ChatTemplate.Parse(source).TryRender(new ChatTemplateInput { Messages = [.. Enumerable.Repeat(message, 60)] }, out _, out var refusal));
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ (0 - 9223372036854775807 - 1) % (0 - 1) }}", "0")]
    [InlineData("{{ 'abc'[-9223372036854775807:9223372036854775807:9223372036854775807] }}", "a")]
    [InlineData("{{ 'abc'[9223372036854775807::-9223372036854775807] }}", "c")]
    [InlineData("{{ [1, 2, 3][::-9223372036854775807] }}", "[3]")]
    [InlineData("{{ range(0, 9223372036854775807, 9223372036854775807) | list }}", "[0]")]
    [InlineData("{{ (-1) ** 9223372036854775807 }}", "-1")]
    [InlineData("{{ 'inf' | int }}", "0")]
    public void TryRender_ExtremeNumbers_AreNoFault(string source, string expected)
    {
        Assert.True(ChatTemplate.Parse(source).TryRender(new ChatTemplateInput { Messages = [] }, out var prompt, out var refusal), refusal?.Reason);
        Assert.Equal(expected, prompt.Text);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("{1:")]
    [InlineData("not ")]
    [InlineData("-")]
    [InlineData("1+")]
    [InlineData("1~")]
    [InlineData("1<")]
    [InlineData("1**")]
    [InlineData("x[")]
    [InlineData("x.")]
    [InlineData("range(")]
    [InlineData("1|d(")]
    [InlineData("1 is in ")]
    [InlineData("1 if 1 else ")]
    [InlineData("1 and ")]
    [InlineData("1,")]
    public void Parse_EndlessExpression_IsRefused(string piece) =>
        Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse("{{" + string.Concat(Enumerable.Repeat(piece, 20_000)) + "1}}"));

    [Theory]
    [InlineData("|d")]
    [InlineData(" is defined")]
    [InlineData("[0]")]
    [InlineData(".a")]
    [InlineData("()")]
    public void Parse_EndlessEnding_IsRefused(string piece) =>
        Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse("{{ range" + string.Concat(Enumerable.Repeat(piece, 20_000)) + "}}"));

    [Theory]
    [InlineData("{% if x %}")]
    [InlineData("{% for x in y %}")]
    [InlineData("{% macro m() %}")]
    [InlineData("{% set x %}")]
    [InlineData("{% filter upper %}")]
    [InlineData("{% generation %}")]
    [InlineData("{% call range() %}")]
    public void Parse_EndlessNesting_IsRefused(string tag) => Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(string.Concat(Enumerable.Repeat(tag, 10_000))));

    [Fact]
    public void Parse_EndlessParameters_AreRefused() =>
        Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse($"{{% macro m({string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"a{i}"))}) %}}{{% endmacro %}}"));

    [Fact]
    public void Parse_LongSource_IsRefused() => Assert.Throws<TemplateSyntaxException>(() => ChatTemplate.Parse(new string('x', 300_000)));
}
