using CocoonOrleans.Tests.Inference;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>What the catalogue needs of a model.</summary>
public sealed class ModelHashTests
{
    private static readonly string House = Path.Combine(CocoonOrleans.Cli.Processes.BuiltArtifacts.Find().Root, "models", "house");

    [Fact]
    public async Task Hash_ModelOfAnotherServer_IsThatOfItsTokenizerAndItsDeclaredWeights()
    {
        var (own, first, second) = (await HashAsync(House), await HashAsync(House, "--upstream-weights", "repo@1", "--context", "2048"), await HashAsync(House, "--upstream-weights", "repo@2", "--context", "2048"));

        Assert.Equal(3, new[] { own.Manifest, first.Manifest, second.Manifest }.Distinct().Count());
        Assert.Single(new[] { own.Tokenizer, first.Tokenizer, second.Tokenizer }.Distinct());
        Assert.Equal((2048, 1024), (first.Context, own.Context));
    }

    [Fact]
    public async Task Hash_ModelThatMakesEmbeddings_TellsItsDimensions()
    {
        using var model = new TinyEncoder();

        var (exitCode, output, errors) = await Cocoon.RunAsync(["model", "hash", "--json", model.Folder]);

        Assert.True(exitCode == 0, errors);
        var json = Cocoon.Json(output);
        Assert.Equal((TinyEncoder.Hidden, TinyEncoder.ContextTokens), (json.GetProperty("embeddingDimensions").GetInt32(), json.GetProperty("contextTokens").GetInt32()));
    }

    [Theory]
    [InlineData(1, "--context", "2048")]
    [InlineData(1, "--upstream-weights", "repo@1")]
    [InlineData(2, "--upstream-weights", "repo@1", "--context", "1")]
    public async Task Hash_HalfOfWhatAnotherServersModelNeeds_SaysSo(int expected, params string[] options)
    {
        var (exitCode, output, _) = await Cocoon.RunAsync(["model", "hash", "--json", House, .. options]);

        Assert.Equal(expected, exitCode);
        Assert.Contains("--context", Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(string? Manifest, string? Tokenizer, int Context)> HashAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await Cocoon.RunAsync(["model", "hash", "--json", .. arguments]);
        Assert.True(exitCode == 0, errors);
        var json = Cocoon.Json(output);
        return (json.GetProperty("manifestSha256").GetString(), json.GetProperty("tokenizerSha256").GetString(), json.GetProperty("contextTokens").GetInt32());
    }
}
