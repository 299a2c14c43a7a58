using System.Text;
using System.Text.Json;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Models.Rotary;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Models;

/// <summary>Configurations as the families' published models have them, in the fields that matter here.</summary>
public sealed class FamilyConfigTests
{
    private const string Shape = """
        "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 6, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 512,
        "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "hidden_act": "silu"
        """;

    private const string Mistral = """ "architectures": ["MistralForCausalLM"], "model_type": "mistral" """;
    private const string Qwen2 = """ "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2" """;
    private const string Qwen3 = """ "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "head_dim": 32 """;
    private const string Phi3 = """ "architectures": ["Phi3ForCausalLM"], "model_type": "phi3" """;
    private const string Gemma2 = """ "architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "head_dim": 32, "query_pre_attn_scalar": 144, "hidden_activation": "gelu_pytorch_tanh" """;
    private const string Gemma3 = """ "architectures": ["Gemma3ForCausalLM"], "model_type": "gemma3_text", "head_dim": 32, "query_pre_attn_scalar": 256, "sliding_window": 512 """;

    [Theory]
    [InlineData(""" "sliding_window": 1024 """, 1024)]
    [InlineData(""" "sliding_window": null """, 0)]
    [InlineData(""" "rope_theta": 10000 """, 4096)]
    public void Parse_Mistral_HasAWindowInEveryLayer(string field, int window)
        => Assert.Equal(Enumerable.Repeat(window, 6), Parse(Mistral, field).Windows);

    [Theory]
    [InlineData(""" "sliding_window": 1024, "max_window_layers": 2 """, new[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData(""" "sliding_window": 1024, "use_sliding_window": true, "max_window_layers": 4 """, new[] { 0, 0, 0, 0, 1024, 1024 })]
    [InlineData(""" "sliding_window": 1024, "use_sliding_window": true """, new[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData(""" "sliding_window": 8, "use_sliding_window": true, "layer_types": ["sliding_attention", "full_attention", "full_attention", "full_attention", "full_attention", "sliding_attention"] """, new[] { 8, 0, 0, 0, 0, 8 })]
    public void Parse_Qwen2_HasWindowsInItsUpperLayersIfItSaysSo(string field, int[] windows)
    {
        var config = Parse(Qwen2, field);

        Assert.Equal(windows, config.Windows);
        Assert.True(config.QueryKeyValueBias);
        Assert.False(config.QueryKeyNorm);
    }

    [Fact]
    public void Parse_Qwen3_HasNormsOnQueriesAndKeysAndHeadsOfTheirOwnSize()
    {
        var config = Parse(Qwen3, """ "tie_word_embeddings": true """);

        Assert.Equal((true, false, 32, true), (config.QueryKeyNorm, config.QueryKeyValueBias, config.HeadSize, config.TiedEmbeddings));
        Assert.Equal(
            512L * 64 + 64 + 6 * (64L * 32 * 2 * (4 + 2) + 3 * 64 * 128 + 2 * 64 + 2 * 32), config.Parameters);
    }

    [Fact]
    public void Parse_Phi3With128kTokens_HasDivisorsAndTheMagnitudeOfItsStretch()
    {
        var config = Parse(
            Phi3,
            """
            "max_position_embeddings": 131072, "original_max_position_embeddings": 4096, "sliding_window": 262144, "partial_rotary_factor": 0.75,
            "rope_scaling": {"type": "su", "short_factor": [1, 1, 1, 1, 1, 1], "long_factor": [1, 2, 3, 4, 5, 6]}
            """);

        var scaling = Assert.IsType<LongRopeScaling>(config.Rotary.Scaling);
        Assert.Equal((12, 4096, true), (config.RotarySize, scaling.OriginalContextTokens, config.FusedProjections));
        Assert.Equal(Math.Sqrt(1 + Math.Log(32) / Math.Log(4096)), scaling.Magnitude, 1e-12);
        Assert.Equal(262_144, config.Windows[5]);
    }

    [Fact]
    public void Parse_Gemma2_HasItsCapsScalesAndWindows()
    {
        var config = Parse(Gemma2, """ "sliding_window": 4096 """);

        Assert.Equal((50, 30, 8, 1), (config.AttentionCap, config.LogitCap, config.EmbeddingScale, config.NormOffset));
        Assert.Equal((1 / 12.0, true, true, Activation.GeluTanh), (config.AttentionScale, config.PostNorms, config.TiedEmbeddings, config.Activation));
        Assert.Equal([4096, 0, 4096, 0, 4096, 0], config.Windows);
    }

    [Fact]
    public void Parse_Gemma3_HasTwoKindsOfPositions()
    {
        var config = Parse(Gemma3, """ "rope_theta": 1000000, "rope_local_base_freq": 20000, "rope_scaling": {"rope_type": "linear", "factor": 8} """);

        Assert.Equal(new RotaryPositions(1_000_000, new LinearScaling(8)), config.RotaryOf(5));
        Assert.Equal(new RotaryPositions(20_000), config.RotaryOf(0));
        Assert.Equal([512, 512, 512, 512, 512, 0], config.Windows);
        Assert.Equal((null, null, true), (config.AttentionCap, config.LogitCap, config.QueryKeyNorm));
    }

    [Fact]
    public void Parse_Gemma3OfNewerFiles_IsTheSame()
    {
        var config = Parse(
            Gemma3,
            """
            "rope_parameters": {"full_attention": {"rope_type": "linear", "factor": 8, "rope_theta": 1000000}, "sliding_attention": {"rope_type": "default", "rope_theta": 10000}},
            "layer_types": ["sliding_attention", "full_attention", "full_attention", "full_attention", "full_attention", "full_attention"]
            """);

        Assert.Equal((new RotaryPositions(10_000), new RotaryPositions(1_000_000, new LinearScaling(8))), (config.RotaryOf(0), config.RotaryOf(1)));
        Assert.Equal([512, 0, 0, 0, 0, 0], config.Windows);
    }

    [Theory]
    [InlineData(Mistral, "hidden_act", """ "hidden_act": "gelu" """)]
    [InlineData(Mistral, "sliding_window", """ "sliding_window": 0 """)]
    [InlineData(Qwen2, "model_type", """ "model_type": "qwen2_moe" """)]
    [InlineData(Qwen3, "num_experts", """ "num_experts": 8 """)]
    [InlineData(Qwen3, "attention_bias", """ "attention_bias": true """)]
    [InlineData(Phi3, "partial_rotary_factor", """ "partial_rotary_factor": 0.6 """)]
    [InlineData(Phi3, "rope_scaling.short_mscale", """ "original_max_position_embeddings": 64, "rope_scaling": {"type": "longrope", "short_mscale": 1.1} """)]
    [InlineData(Gemma2, "hidden_activation", """ "hidden_activation": "gelu" """)]
    [InlineData(Gemma2, "query_pre_attn_scalar", """ "query_pre_attn_scalar": null """)]
    [InlineData(Gemma2, "layer_types", """ "layer_types": ["chunked_attention", "a", "a", "a", "a", "a"] """)]
    [InlineData(Gemma3, "attn_logit_softcapping", """ "attn_logit_softcapping": 50 """)]
    [InlineData(Gemma3, "use_bidirectional_attention", """ "use_bidirectional_attention": true """)]
    [InlineData(Gemma3, "rope_parameters", """ "rope_parameters": {"rope_type": "default", "rope_theta": 10000} """)]
    [InlineData(Gemma3, "rope_parameters.sliding_attention", """ "rope_parameters": {"full_attention": {"rope_theta": 10000}} """)]
    [InlineData(Gemma3, "rope_parameters.full_attention.rope_type", """ "rope_parameters": {"full_attention": {"rope_type": "ntk", "rope_theta": 10000}, "sliding_attention": {"rope_theta": 1}} """)]
    [InlineData(Gemma3, "_sliding_window_pattern", """ "_sliding_window_pattern": 0 """)]
    public void Parse_WhatTheDecoderDoesNotCompute_IsRefusedByName(string family, string name, string field)
        => Assert.Equal(name, Assert.Throws<ModelFormatException>(() => Parse(family, field)).Field);

    [Fact]
    public void Parse_MutatedConfig_GivesAConfigOrATypedError()
    {
        byte[][] originals =
        [
            .. ((string[])[Mistral, Qwen2, Qwen3, Phi3, Gemma2, Gemma3]).Select(family => Merge(
                family,
                """ "rope_scaling": {"type": "longrope", "short_factor": [1, 1], "long_factor": [1, 1]}, "layer_types": ["full_attention"], "sliding_window": 8, "partial_rotary_factor": 0.25 """)),
        ];
        Gen.Select(Gen.Int[0, originals.Length - 1], Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[1, 4]).Sample(
            (family, changes) =>
            {
                var bytes = originals[family].ToArray();
                foreach (var (place, value) in changes)
                {
                    bytes[place] = value;
                }

                return Record.Exception(() => DecoderConfig.Parse(bytes)) is null or ModelFormatException;
            },
            iter: 5_000);
    }

    private static DecoderConfig Parse(string family, string fields) => DecoderConfig.Parse(Merge(family, fields));

    /// <summary>One object, in which later fields replace earlier ones.</summary>
    private static byte[] Merge(params string[] parts)
    {
        var merged = new Dictionary<string, JsonElement>();
        foreach (var part in parts.Prepend(Shape))
        {
            foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($"{{{part}}}")!)
            {
                merged[name] = value;
            }
        }

        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(merged));
    }
}
