using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Tests.Inference.LlamaCpp;

namespace CocoonOrleans.Tests.Inference.Models;

public sealed class GgufExportTests : IDisposable
{
    private const string Query = "model.layers.0.self_attn.q_proj.weight";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string, string, object?> Refused => new()
    {
        { "qwen2", "rope_scaling", "rope_scaling", new { rope_type = "llama3", factor = 8, low_freq_factor = 1, high_freq_factor = 4, original_max_position_embeddings = 64 } },
        { "llama", "rope_scaling", "rope_scaling.beta_fast", new { type = "yarn", factor = 4, beta_fast = 16 } },
        { "qwen2", "head_dim", "head_dim", 16 },
        { "phi3", "head_dim", "head_dim", 16 },
        { "gemma2", "query_pre_attn_scalar", "query_pre_attn_scalar", 144 },
        { "gemma2", "attn_logit_softcapping", "attn_logit_softcapping", null },
        { "gemma2", "final_logit_softcapping", "final_logit_softcapping", null },
        { "gemma2", "sliding_window", "sliding_window", null },
        { "gemma3", "query_pre_attn_scalar", "query_pre_attn_scalar", 256 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(GgufTensorType.F32, 0)]
    [InlineData(GgufTensorType.F16, 0.0005)]
    [InlineData(GgufTensorType.BF16, 0.004)]
    [InlineData(GgufTensorType.Q8_0, 0.0045)]
    [InlineData(GgufTensorType.Q4_0, 0.13)]
    public void Write_EachType_IsReadAgainWithinItsPrecision(GgufTensorType type, double largestShare)
    {
        using var family = new TinyFamily("llama");
        var model = ModelFolder.Read(family.Folder);

        var read = Export(model, type);

        Assert.Equal(model.Weights.Keys.Order(StringComparer.Ordinal), read.Weights.Keys.Order(StringComparer.Ordinal));
        Assert.All(model.Weights.Values, weights =>
        {
            // Feed-forward layers' rows of 48 are no whole blocks of 32, and norms are never quantised.
            var exact = weights.Shape.Count == 1 || (weights.Shape[1] % type.BlockElements() != 0);
            Assert.All(weights.Values.Zip(read.Weights[weights.Name].Values), pair => Assert.Equal(pair.First, pair.Second, exact ? 0 : largestShare * 0.5));
        });
    }

    [Theory]
    [InlineData("mistral")]
    [InlineData("qwen3")]
    public void Write_WindowThatLlamaCppDoesNotCompute_EndsTheContextWhereItBegins(string name)
    {
        using var family = new TinyFamily(name, config =>
        {
            (config["sliding_window"], config["use_sliding_window"], config["max_window_layers"]) = (24, true, 2);
        });

        Assert.Equal(24, Export(ModelFolder.Read(family.Folder), GgufTensorType.F32).Config.ContextTokens);
    }

    [Fact]
    public void Write_Phi3_KeepsItsWindow()
    {
        using var family = new TinyFamily("phi3", config => config["sliding_window"] = 24);

        var config = Export(ModelFolder.Read(family.Folder), GgufTensorType.F32).Config;

        Assert.Equal((256, 24), (config.ContextTokens, config.Windows.Distinct().Single()));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Write_WhatLlamaCppComputesOtherwise_IsRefusedByName(string name, string field, string refused, object? value)
    {
        using var family = new TinyFamily(name, config => config[field] = value);
        var model = ModelFolder.Read(family.Folder);

        Assert.Equal(refused, Assert.Throws<ModelFormatException>(() => Export(model, GgufTensorType.F32)).Field);
    }

    [Theory]
    [InlineData(GgufTensorType.F32, float.NaN)]
    [InlineData(GgufTensorType.F16, 70_000f)]
    [InlineData(GgufTensorType.BF16, float.MaxValue)]
    [InlineData(GgufTensorType.Q8_0, float.PositiveInfinity)]
    [InlineData(GgufTensorType.Q8_0, 1e8f)]
    [InlineData(GgufTensorType.Q4_0, -1e6f)]
    public void Write_WeightThatTheTypeCannotHold_NamesTheTensor(GgufTensorType type, float value)
    {
        using var family = new TinyFamily("qwen3", changeWeights: weights => weights.Set(Query, 3, value));
        var model = ModelFolder.Read(family.Folder);

        Assert.Equal("blk.0.attn_q.weight", Assert.Throws<ModelFormatException>(() => Export(model, type)).Field);
    }

    [Fact]
    public void Write_TensorTooMuch_IsNamed()
    {
        using var family = new TinyFamily("llama", changeWeights: weights => weights.Add("model.extra.weight", [1], [1]));

        Assert.Equal("model.extra.weight", Assert.Throws<ModelFormatException>(() => Export(ModelFolder.Read(family.Folder), GgufTensorType.F32)).Field);
    }

    [Fact]
    public void Write_TensorMissing_IsNamed()
    {
        using var family = new TinyFamily("llama", config => config["num_hidden_layers"] = 2);
        family.WriteConfig(config => config["num_hidden_layers"] = 3);

        Assert.Equal("model.layers.2.input_layernorm.weight", Assert.Throws<ModelFormatException>(() => Export(ModelFolder.Read(family.Folder), GgufTensorType.F32)).Field);
    }

    [Fact]
    public void Write_ExportOfAnExport_IsTheSameFile()
    {
        using var family = new TinyFamily("gemma3-pattern");
        Export(ModelFolder.Read(family.Folder), GgufTensorType.F32);
        var first = File.ReadAllBytes(_folder.File("model.gguf"));

        Export(ModelFolder.Read(_folder.Path), GgufTensorType.F32);

        Assert.Equal(first, File.ReadAllBytes(_folder.File("model.gguf")));
    }

    private ModelFolder Export(ModelFolder model, GgufTensorType type)
    {
        using (var stream = File.Create(_folder.File("model.gguf")))
        {
            GgufExport.Write(model, type, stream, CancellationToken.None);
        }

        return ModelFolder.Read(_folder.Path);
    }
}
