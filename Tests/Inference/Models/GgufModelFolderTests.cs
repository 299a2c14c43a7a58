using System.Security.Cryptography;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Tests.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Models;

/// <summary>Folders whose weights are one GGUF file, beside tokenizer.json.</summary>
public sealed class GgufModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestMeters _meters = new();

    public static TheoryData<GgufWriter, string, string> Refused => new()
    {
        { new GgufWriter(), "general.architecture", "is missing" },
        { new GgufWriter().Key("general.architecture", "mamba"), "general.architecture", "mamba is not supported" },
        { Keys().Key("llama.rope.scaling.type", "dynamic").Embedding(), "llama.rope.scaling.type", "not supported" },
        { Keys().Key("llama.rope.scaling.yarn_ext_factor", 1f).Embedding(), "llama.rope.scaling.yarn_ext_factor", "not supported" },
        { Keys().Key("llama.attention.sliding_window", 4).Embedding(), "llama.attention.sliding_window", "not supported" },
        { Keys().Key("llama.expert_count", 8), "llama.expert_count", "not supported" },
        { Keys(), "token_embd.weight", "is missing" },
        { Keys(heads: 0).Embedding(), "llama.attention.head_count", "from 1" },
        { Keys(keyValueHeads: 3).Embedding(), "llama.attention.head_count_kv", "does not divide" },
        { Keys().Key("llama.rope.dimension_count", 1).Embedding(), "llama.rope.dimension_count", "part of a head" },
        { Keys().Key("llama.attention.key_length", 3).Embedding(), "llama.attention.key_length", "no pairs" },
        { Keys(heads: 8).Embedding(), "llama.attention.key_length", "from 2" },
        { Keys().Key("llama.attention.value_length", 5).Embedding(), "llama.attention.value_length", "differs" },
        { Keys().Embedding().Add("blk.0.ssm_in.weight", [1], [1]), "blk.0.ssm_in.weight", "no tensor" },
        { Keys().Embedding().Add("rope_freqs.weight", [2], [1, 1]), "rope_freqs.weight", "2 numbers" },
        { Keys().Embedding().Add("rope_freqs.weight", [1], [0]), "rope_freqs.weight", "positive" },
        { Keys().Embedding().Add("rope_factors_long.weight", [1], [1]), "rope_factors_short.weight", "is missing" },
        { Keys().Embedding().Add("blk.0.attn_q.weight", [3, 4], new float[12]), "blk.0.attn_q.weight", "4 rows" },
        { Keys().Embedding().Add("blk.0.attn_q.bias", [4], new float[4]), "blk.0.attn_q.bias", "no tensor" },
    };

    public void Dispose()
    {
        _folder.Dispose();
        _meters.Dispose();
    }

    [SkippableFact]
    public void Read_GgufOfARealModel_HasShapeAndWeightsOfItsSafetensors()
    {
        CopyStories();
        var expected = ModelFolder.Read(Stories260K.Folder);

        var folder = ModelFolder.Read(_folder.Path);

        Assert.Equal(["stories260K.gguf", "tokenizer.json", "tokenizer_config.json"], folder.Manifest.Files.Select(file => file.Name));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder.File("stories260K.gguf")))),
            folder.Manifest.Files.Single(file => file.Name == "stories260K.gguf").Sha256);
        Assert.Equal(
            expected.Config with { EndIds = [], Windows = [], NormEpsilon = 1e-5f }, folder.Config with { EndIds = [], Windows = [] });
        Assert.Equal(expected.Config.Windows, folder.Config.Windows);
        Assert.Equal(expected.Config.EndIds, folder.Config.EndIds);
        Assert.Equal(expected.Weights.Keys.Order(StringComparer.Ordinal), folder.Weights.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected.Weights.Values, weights => Assert.Equal(weights.Values, folder.Weights[weights.Name].Values));
    }

    [SkippableFact]
    public async Task Generate_FromGguf_GivesLlamaCppsAnswer()
    {
        CopyStories();
        await using var engine = new NativeEngine(Options.Create(new NativeEngineOptions()), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("stories", _folder.Path), null, CancellationToken.None);
        var ids = new List<int>();

        var request = new GenerationRequest { Model = "stories", PromptIds = Stories260K.Prompt, Sampling = SamplingOptions.Greedy, MaxCompletionTokens = 400 };
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            if (step is TokenGenerated token)
            {
                ids.Add(token.Id);
            }
        }

        Assert.Equal(Stories260K.Answer[..^1], ids);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_WhatTheDecoderDoesNotCompute_IsRefusedByName(GgufWriter file, string field, string rule)
    {
        File.WriteAllText(_folder.File("tokenizer.json"), "{}");
        File.WriteAllBytes(_folder.File("model.gguf"), file.ToBytes());

        var e = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(_folder.Path));

        Assert.Equal(("model.gguf", field), (e.File, e.Field));
        Assert.Contains(rule, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoGgufFiles_AreTooMany()
    {
        File.WriteAllText(_folder.File("tokenizer.json"), "{}");
        File.WriteAllBytes(_folder.File("a.gguf"), []);
        File.WriteAllBytes(_folder.File("b.GGUF"), []);

        var e = Assert.Throws<ModelFormatException>(() => ModelFolder.Read(_folder.Path));

        Assert.Contains("two models", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SafetensorsBeside_AreRead()
    {
        using var model = new TinyModel();
        File.WriteAllBytes(model.PathOf("model.gguf"), [1, 2, 3]);

        Assert.DoesNotContain(ModelFolder.Read(model.Folder).Manifest.Files, file => file.Name == "model.gguf");
    }

    private static GgufWriter Keys(uint heads = 2, uint keyValueHeads = 1) => new GgufWriter()
        .Key("general.architecture", "llama").Key("llama.context_length", 16).Key("llama.embedding_length", 4).Key("llama.block_count", 1)
        .Key("llama.feed_forward_length", 4).Key("llama.attention.head_count", heads).Key("llama.attention.head_count_kv", keyValueHeads)
        .Key("llama.attention.layer_norm_rms_epsilon", 1e-5f);

    private void CopyStories()
    {
        var source = Stories260K.Folder;
        File.Copy(Path.Combine(source, "..", "stories260K.gguf"), _folder.File("stories260K.gguf"));
        foreach (var name in (string[])["tokenizer.json", "tokenizer_config.json"])
        {
            File.Copy(Path.Combine(source, name), _folder.File(name));
        }
    }
}

/// <summary>The smallest vocabulary.</summary>
file static class Tensors
{
    public static GgufWriter Embedding(this GgufWriter writer) => writer.Add("token_embd.weight", [3, 4], new float[12]);
}
