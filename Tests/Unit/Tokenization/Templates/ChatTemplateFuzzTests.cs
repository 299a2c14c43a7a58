using CocoonOrleans.Tokenization.Templates;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

/// <summary>Any source is read or refused, and a template that was read renders or refuses: nothing else comes out, no stack overflows, and no text of a user loses its mark.</summary>
[Trait(LongRun.Trait, LongRun.Category)]
public sealed class ChatTemplateFuzzTests
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{%-", "-%}", "{#", "#}", " if ", " elif ", " else ", " endif ", " for ", " in ", " endfor ", " set ", " endset ", " macro m(a, b=1) ", " endmacro ", " call m(1) ", " endcall ",
        " filter upper ", " endfilter ", " generation ", " endgeneration ", " break ", " continue ", " x ", " x, y ", "=", "==", "<", ">=", "!=", "messages", "tools", "d", "loop", "loop.index", "namespace(a=1)", "range(3)",
        "raise_exception('no')", "strftime_now('%Y')", "m(2)", "[", "]", "(", ")", "{", "}", "'a'", "\"b\\n\"", "1", "2.5", "0", "-1", ":", ",", "::-1", ".content", ".x", ".items()", ".split('a')", ".strip()", ".get('a')",
        "['role']", "|trim", "|length", "|tojson", "|tojson(indent=2)", "|join(',')", "|map('upper')", "|map(attribute='role')", "|selectattr('role', 'equalto', 'user')", "|list", "|sort", "|unique", "|reverse", "|first", "|default('x')",
        "|int", "|float", "|string", "|items", "|dictsort", "|indent", "|replace('a', 'b')", " is defined ", " is not none ", " is string ", " is in [1] ", " not ", "-", "+", "~", "*", "/", "//", "%", "**", " and ", " or ", "\n", "text", "'",
        "none", "true", "{% if x %}", "{% endif %}", "{{ 'a' }}", "{% for x in messages %}", "{% endfor %}", "{{ messages[0].content }}", "{% set x = ", "{% set ns.a = ", "{'a': 1}", "[1, 'a', none]",
    ];

    private static readonly ChatTemplateInput[] Inputs = [.. ChatTemplateMarkTests.ReadDisguised(isWhole: false, TemplateCases.AllChats).Skip(6).Take(3)];

    [Fact]
    public void Parse_AnySourceMadeOfTemplatePieces_IsReadOrRefused() =>
        Gen.OneOf(Pieces).Array[1, 30].Select(string.Concat).Sample(source => Try(source), iter: LongRun.Rounds(40_000, 2_000_000), threads: 1);

    [Fact]
    public void Parse_AnyExpression_IsReadOrRefused()
    {
        var pieces = Pieces.Where(piece => !piece.Contains("{{", StringComparison.Ordinal) && !piece.Contains('%') && !piece.Contains('#')).ToArray();
        Gen.OneOf(pieces).Array[1, 12].Select(string.Concat).Sample(source => Try("{% macro m(a) %}{{ a }}{% endmacro %}{% for x in [messages] %}{{ " + source + " }}{% endfor %}"), iter: LongRun.Rounds(40_000, 2_000_000), threads: 1);
    }

    [Fact]
    public void Parse_DamagedFamilies_AreReadOrRefused() => TryDamaged([.. TemplateCases.Families.Values], LongRun.Rounds(10_000, 500_000));

    [SkippableFact]
    public async Task Parse_DamagedRealTemplates_AreReadOrRefused() => TryDamaged([.. TemplateCases.ReadFolder(await TemplateOracle.RealTemplatesAsync()).Values], LongRun.Rounds(10_000, 500_000));

    /// <summary>Cuts pieces out, doubles them, puts in others or single characters.</summary>
    private static void TryDamaged(string[] sources, int times)
    {
        var damage = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1_000_000], Gen.Int[0, 60], Gen.OneOf(Pieces), Gen.Char[' ', '\u04ff'], (kind, place, length, piece, c) => (kind, place, length, piece, c));
        Gen.Select(Gen.OneOf(sources), damage.Array[1, 4]).Sample(
            (source, damages) =>
            {
                foreach (var (kind, place, length, piece, c) in damages)
                {
                    var start = place % (source.Length + 1);
                    var cut = source.Substring(start, Math.Min(length, source.Length - start));
                    source = kind switch
                    {
                        0 => source.Remove(start, cut.Length),
                        1 => source.Insert(start, cut),
                        2 => source.Insert(start, piece),
                        _ => source.Insert(start, c.ToString()),
                    };
                }

                Try(source);
            },
            iter: times,
            threads: 1);
    }

    private static void Try(string source)
    {
        try
        {
            var template = ChatTemplate.Parse(source);
            foreach (var input in Inputs)
            {
                if (template.TryRender(input, out var prompt, out _))
                {
                    ChatTemplateMarkTests.AssertMarked(prompt);
                }
            }
        }
        catch (TemplateSyntaxException)
        {
        }
    }
}
