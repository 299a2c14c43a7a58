using System.Text;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CsCheck;

namespace CocoonOrleans.Tests.Inference.Models;

public sealed class DecoderConfigTests
{
    private const string Smallest = """
        "architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 172, "num_hidden_layers": 5,
        "num_attention_heads": 8, "vocab_size": 512, "max_position_embeddings": 256, "rms_norm_eps": 1e-5
        """;

    [Fact]
    public void Parse_FieldsThatMayBeAbsent_HaveTheirDefaults()
    {
        var config = Parse("");

        Assert.Equal((8, 8, 10_000.0, false), (config.KeyValueHeads, config.HeadSize, config.Rotary.Base, config.TiedEmbeddings));
        Assert.Empty(config.EndIds);
    }

    [SkippableFact]
    public void Parameters_OfStories260K_AreItsFileSize()
    {
        var folder = ModelFolder.Read(Stories260K.Folder);

        Assert.Equal(260_032, folder.Config.Parameters);
        Assert.Equal(folder.Weights.Values.Sum(tensor => tensor.Values.Length), folder.Config.Parameters);
    }

    [Theory]
    [InlineData("""  "eos_token_id": 2  """, new[] { 2 })]
    [InlineData("""  "eos_token_id": [2, 7]  """, new[] { 2, 7 })]
    public void Parse_EndIds_AreOneOrSeveral(string field, int[] expected)
        => Assert.Equal(expected, Parse(field).EndIds);

    [Theory]
    [InlineData(""" "rope_theta": 500000.0 """)]
    [InlineData(""" "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0} """)]
    public void Parse_RopeBase_IsReadInBothPlaces(string field)
        => Assert.Equal(500_000, Parse(field).Rotary.Base);

    [Theory]
    [InlineData("rope_scaling.type", """ "rope_scaling": {"type": "dynamic", "factor": 2} """)]
    [InlineData("rope_scaling", """ "rope_scaling": 2 """)]
    [InlineData("rope_scaling.factor", """ "rope_scaling": {"type": "linear", "factor": 0.5} """)]
    [InlineData("rope_scaling.mscale", """ "rope_scaling": {"type": "yarn", "factor": 2, "mscale": 1} """)]
    [InlineData("rope_scaling.truncate", """ "rope_scaling": {"type": "yarn", "factor": 2, "truncate": false} """)]
    [InlineData("rope_scaling.rope_theta", """ "rope_theta": 1, "rope_scaling": {"type": "yarn", "factor": 2} """)]
    [InlineData("rope_scaling.high_freq_factor", """ "rope_scaling": {"type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4, "original_max_position_embeddings": 64} """)]
    [InlineData("rope_scaling.original_max_position_embeddings", """ "rope_scaling": {"type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4} """)]
    [InlineData("rope_scaling.long_factor", """ "original_max_position_embeddings": 64, "rope_scaling": {"type": "longrope", "short_factor": [1, 1, 1, 1], "long_factor": [1, 1, 1]} """)]
    [InlineData("original_max_position_embeddings", """ "rope_scaling": {"type": "su", "short_factor": [1, 1, 1, 1], "long_factor": [1, 1, 1, 1]} """)]
    [InlineData("rope_parameters.factor", """ "rope_parameters": {"rope_type": "yarn", "rope_theta": 10000} """)]
    [InlineData("rope_parameters.rope_type", """ "rope_parameters": {"rope_type": 5, "rope_theta": 1} """)]
    [InlineData("rope_parameters.rope_theta", """ "rope_parameters": {"rope_type": "default"} """)]
    [InlineData("partial_rotary_factor", """ "partial_rotary_factor": 0.5 """)]
    [InlineData("layer_types", """ "layer_types": ["sliding_attention", "full_attention", "full_attention", "full_attention", "full_attention"] """)]
    [InlineData("layer_types", """ "layer_types": ["full_attention"] """)]
    [InlineData("attention_bias", """ "attention_bias": true """)]
    [InlineData("mlp_bias", """ "mlp_bias": true """)]
    [InlineData("sliding_window", """ "sliding_window": 4096 """)]
    [InlineData("quantization_config", """ "quantization_config": {} """)]
    [InlineData("pretraining_tp", """ "pretraining_tp": 2 """)]
    [InlineData("model_type", """ "model_type": "qwen3" """)]
    [InlineData("num_key_value_heads", """ "num_key_value_heads": 3 """)]
    [InlineData("head_dim", """ "head_dim": 7 """)]
    [InlineData("head_dim", """ "head_dim": 1e99 """)]
    [InlineData("eos_token_id", """ "eos_token_id": "</s>" """)]
    [InlineData("tie_word_embeddings", """ "tie_word_embeddings": 1 """)]
    [InlineData("config", """ "vocab_size": 512 """)]
    [InlineData("config", """ "\ud800": 1 """)]
    [InlineData("rope_parameters.factor", """ "rope_parameters": {"type": "yarn", "rope_theta": 10000} """)]
    [InlineData("rope_parameters.partial_rotary_factor", """ "rope_parameters": {"rope_theta": 10000, "partial_rotary_factor": 0.5} """)]
    public void Parse_WhatTheDecoderDoesNotCompute_IsRefusedByName(string name, string field)
        => Assert.Equal(("config.json", name), Refused($"{{{Smallest}, {field}}}"));

    [Theory]
    [InlineData("architectures", "LlamaForCausalLM", "MambaForCausalLM")]
    [InlineData("hidden_act", "silu", "gelu")]
    [InlineData("hidden_size", "64", "0")]
    [InlineData("hidden_size", "64", "64.5")]
    [InlineData("vocab_size", "512", "\"512\"")]
    [InlineData("vocab_size", "\"vocab_size\": 512, ", "")]
    public void Parse_FieldOfAnotherKind_IsRefusedByName(string name, string from, string to)
        => Assert.Equal(("config.json", name), Refused($"{{{Smallest.Replace(from, to)}}}"));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Parse_NoObject_IsRefused(string json)
        => Assert.Equal(("config.json", "config"), Refused(json));

    [Fact]
    public void Parse_MutatedConfig_GivesAConfigOrATypedError()
    {
        var original = Encoding.UTF8.GetBytes($"{{{Smallest}, \"eos_token_id\": [2], \"rope_parameters\": {{\"rope_type\": \"default\", \"rope_theta\": 1}}}}");

        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                var bytes = original.ToArray();
                foreach (var (at, value) in changes)
                {
                    bytes[at] = value;
                }

                return Record.Exception(() => DecoderConfig.Parse(bytes)) is null or ModelFormatException;
            },
            iter: 5_000);
    }

    private static DecoderConfig Parse(string field) => DecoderConfig.Parse(Encoding.UTF8.GetBytes($"{{{Smallest}{(field.Length > 0 ? "," : "")} {field}}}"));

    private static (string File, string Field) Refused(string json)
    {
        var error = Assert.Throws<ModelFormatException>(() => DecoderConfig.Parse(Encoding.UTF8.GetBytes(json)));
        return (error.File, error.Field);
    }
}
