namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

/// <summary>What Python's Jinja gives in the environment of Hugging Face's transformers, made by <c>Oracles/render.py</c>.</summary>
public sealed class ChatTemplateGoldenTests
{
    [Theory]
    [InlineData("chatml")]
    [InlineData("chatmlLines")]
    [InlineData("harmony")]
    [InlineData("hermes")]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("mistral")]
    [InlineData("odds")]
    [InlineData("zephyr")]
    public void TryRender_EveryChat_IsWhatPythonsJinjaGives(string family)
    {
        var goldens = TemplateCases.Read<Dictionary<string, TemplateRow[]>>("families.json")[family];
        var inputs = TemplateCases.ReadInputs(TemplateCases.AllChats);

        Assert.Equal(goldens.Length, inputs.Length);
        Assert.All(inputs.Zip(goldens), pair => AssertSame(pair.Second, TemplateCases.Render(TemplateCases.Families[family], pair.First)));
    }

    [Fact]
    public void TryRender_EveryExpression_IsWhatPythonsJinjaGives()
    {
        var goldens = TemplateCases.Read<Dictionary<string, TemplateRow[]>>("expressions.json");
        var input = TemplateCases.ReadInputs(TemplateCases.PathOf("expressions-values.json")).Single();

        Assert.Equal(goldens.Keys, File.ReadAllText(TemplateCases.PathOf("expressions.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(goldens, golden => AssertSame(golden.Value.Single(), TemplateCases.Render(golden.Key, input)));
    }

    /// <summary>Where Python fails ours refuses, at load or when it renders. What the template itself says is the same, up to our 300 characters.</summary>
    internal static void AssertSame(TemplateRow python, TemplateRow ours)
    {
        Assert.Equal(python.Text, ours.Text);
        if (python.Refusal is { } refusal)
        {
            Assert.Equal(refusal.Length <= 300 ? refusal : refusal[..300], ours.Refusal);
        }
    }
}
