using System.Text.Json;

namespace CocoonOrleans.Tests.Inference.LlamaCpp;

/// <summary>A tiny model of one family, with random weights that are always the same, and the byte-level tokenizer of <see cref="TinyModel"/>.</summary>
internal sealed class TinyFamily : IDisposable
{
    public const int VocabularySize = TinyModel.VocabularySize;

    private const int Hidden = 32;
    private const int Inner = 48;
    private const int Heads = 4;
    private const int Shared = 2;

    private static readonly Dictionary<string, Action<Dictionary<string, object?>>> Cases = new()
    {
        ["llama"] = config => config["architectures"] = "LlamaForCausalLM",
        ["llama-linear"] = config =>
        {
            config["architectures"] = "LlamaForCausalLM";
            config["rope_scaling"] = new { type = "linear", factor = 4 };
        },
        ["llama3"] = config =>
        {
            config["architectures"] = "LlamaForCausalLM";
            config["head_dim"] = 16;
            config["rope_scaling"] = new { rope_type = "llama3", factor = 8, low_freq_factor = 1, high_freq_factor = 4, original_max_position_embeddings = 64 };
        },
        ["mistral"] = config =>
        {
            config["architectures"] = "MistralForCausalLM";
            config["head_dim"] = 16;
            config["sliding_window"] = null;
        },
        ["qwen2"] = config =>
        {
            config["architectures"] = "Qwen2ForCausalLM";
            config["tie_word_embeddings"] = true;
        },
        ["qwen2-yarn"] = config =>
        {
            config["architectures"] = "Qwen2ForCausalLM";
            config["rope_scaling"] = new { type = "yarn", factor = 4, original_max_position_embeddings = 64 };
        },
        ["qwen3"] = config =>
        {
            config["architectures"] = "Qwen3ForCausalLM";
            config["head_dim"] = 16;
        },
        ["phi3"] = config =>
        {
            config["architectures"] = "Phi3ForCausalLM";
            config["partial_rotary_factor"] = 0.75;
        },
        ["phi3-longrope-long"] = config => AddLongRope(config, original: 32),
        ["phi3-longrope-short"] = config =>
        {
            AddLongRope(config, original: 1024);
            config["max_position_embeddings"] = 4096;
        },
        ["gemma2"] = config =>
        {
            config["architectures"] = "Gemma2ForCausalLM";
            config["head_dim"] = 16;
            config["query_pre_attn_scalar"] = 16;
            config["sliding_window"] = 8;
            config["tie_word_embeddings"] = true;
            config["attn_logit_softcapping"] = 3.0;
            config["final_logit_softcapping"] = 5.0;
        },
        ["gemma3"] = config =>
        {
            AddGemma3(config, layers: 7);
        },
        ["gemma3-pattern"] = config =>
        {
            AddGemma3(config, layers: 4);
            config["sliding_window_pattern"] = 2;
            config["rope_scaling"] = new { rope_type = "linear", factor = 8 };
            config["final_logit_softcapping"] = 4.0;
        },
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, object?> _config;

    public TinyFamily(string name, Action<Dictionary<string, object?>>? change = null, Action<SafetensorsWriter>? changeWeights = null)
    {
        var config = new Dictionary<string, object?>
        {
            ["hidden_size"] = Hidden,
            ["intermediate_size"] = Inner,
            ["num_hidden_layers"] = 3,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = Shared,
            ["head_dim"] = 8,
            ["vocab_size"] = VocabularySize,
            ["max_position_embeddings"] = 256,
            ["rms_norm_eps"] = 1e-6,
            ["rope_theta"] = 10000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = false,
        };
        Cases[name](config);
        change?.Invoke(config);
        config["architectures"] = new[] { config["architectures"] };
        using (var tokenizer = new TinyModel())
        {
            foreach (var file in (string[])["tokenizer.json", "tokenizer_config.json"])
            {
                File.Copy(tokenizer.PathOf(file), _folder.File(file));
            }
        }

        _config = config;
        WriteConfig(_ => { });
        var weights = Weights(config);
        changeWeights?.Invoke(weights);
        File.WriteAllBytes(_folder.File("model.safetensors"), weights.ToBytes());
    }

    public static IEnumerable<string> Names => Cases.Keys;

    public string Folder => _folder.Path;

    /// <summary>Writes the configuration again, the weights stay.</summary>
    public void WriteConfig(Action<Dictionary<string, object?>> change)
    {
        change(_config);
        File.WriteAllText(_folder.File("config.json"), JsonSerializer.Serialize(_config));
    }

    public void Dispose() => _folder.Dispose();

    private static void AddLongRope(Dictionary<string, object?> config, int original)
    {
        config["architectures"] = "Phi3ForCausalLM";
        config["original_max_position_embeddings"] = original;
        config["rope_scaling"] = new { type = "longrope", short_factor = new[] { 1.0, 1.1, 1.25, 1.5 }, long_factor = new[] { 1.0, 1.5, 3.0, 8.0 } };
    }

    private static void AddGemma3(Dictionary<string, object?> config, int layers)
    {
        config["architectures"] = "Gemma3ForCausalLM";
        config["num_hidden_layers"] = layers;
        config["head_dim"] = 16;
        config["query_pre_attn_scalar"] = 16;
        config["sliding_window"] = 8;
        config["rope_theta"] = 1_000_000.0;
        config["rope_local_base_freq"] = 10_000.0;
        config["tie_word_embeddings"] = true;
    }

    private static SafetensorsWriter Weights(Dictionary<string, object?> config)
    {
        var random = new Random(7);
        var weights = new SafetensorsWriter();
        var family = (string)((object?[])config["architectures"]!)[0]!;
        var (gemma, phi) = (family.StartsWith("Gemma", StringComparison.Ordinal), family.StartsWith("Phi", StringComparison.Ordinal));
        var head = (int)config["head_dim"]!;
        void Add(string name, float centre, params int[] shape)
            => weights.Add(name, shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => centre + (float)(random.NextDouble() - 0.5))]);
        void Norm(string name, int size = Hidden) => Add(name, gemma ? 0 : 1, size);

        Add("model.embed_tokens.weight", 0, VocabularySize, Hidden);
        for (var i = 0; i < (int)config["num_hidden_layers"]!; i++)
        {
            var layer = $"model.layers.{i}.";
            Norm(layer + "input_layernorm.weight");
            Norm(layer + "post_attention_layernorm.weight");
            if (gemma)
            {
                Norm(layer + "pre_feedforward_layernorm.weight");

                // llama.cpp looks GELU up in a table of float16, which alone would be off by 3e-3: these layers weigh a tenth.
                weights.Add(layer + "post_feedforward_layernorm.weight", [Hidden], [.. Enumerable.Range(0, Hidden).Select(_ => (float)(random.NextDouble() * 0.2 - 1))]);
            }

            if (phi)
            {
                Add(layer + "self_attn.qkv_proj.weight", 0, (Heads + 2 * Shared) * head, Hidden);
                Add(layer + "mlp.gate_up_proj.weight", 0, 2 * Inner, Hidden);
            }
            else
            {
                Add(layer + "self_attn.q_proj.weight", 0, Heads * head, Hidden);
                Add(layer + "self_attn.k_proj.weight", 0, Shared * head, Hidden);
                Add(layer + "self_attn.v_proj.weight", 0, Shared * head, Hidden);
                Add(layer + "mlp.gate_proj.weight", 0, Inner, Hidden);
                Add(layer + "mlp.up_proj.weight", 0, Inner, Hidden);
            }

            if (family.StartsWith("Qwen2", StringComparison.Ordinal))
            {
                Add(layer + "self_attn.q_proj.bias", 0, Heads * head);
                Add(layer + "self_attn.k_proj.bias", 0, Shared * head);
                Add(layer + "self_attn.v_proj.bias", 0, Shared * head);
            }

            if (family.StartsWith("Qwen3", StringComparison.Ordinal) || family.StartsWith("Gemma3", StringComparison.Ordinal))
            {
                Norm(layer + "self_attn.q_norm.weight", head);
                Norm(layer + "self_attn.k_norm.weight", head);
            }

            Add(layer + "self_attn.o_proj.weight", 0, Hidden, Heads * head);
            Add(layer + "mlp.down_proj.weight", 0, Hidden, Inner);
        }

        Norm("model.norm.weight");
        if (!(bool)config["tie_word_embeddings"]! && !gemma)
        {
            Add("lm_head.weight", 0, VocabularySize, Hidden);
        }

        return weights;
    }
}
