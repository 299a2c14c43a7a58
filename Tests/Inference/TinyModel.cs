using System.Text;
using System.Text.Json;

namespace CocoonOrleans.Tests.Inference;

/// <summary>
/// A Llama of some 20,000 random weights, always the same, with a byte-level tokenizer of 258 ids: the bytes, then a begin and an end token. It says
/// nonsense, but computes everything that a real one does, so tests need no downloaded file.
/// </summary>
public sealed class TinyModel : IDisposable
{
    public const int VocabularySize = 258;
    public const int ContextTokens = 128;
    public const int BeginId = 256;
    public const int EndId = 257;

    private readonly TemporaryFolder _folder = new();

    public TinyModel(Action<SafetensorsWriter>? change = null)
    {
        WriteConfig(_ => { });
        File.WriteAllText(_folder.File("tokenizer.json"), JsonSerializer.Serialize(TokenizerJson()));
        File.WriteAllText(_folder.File("tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": "</s>"}""");
        var weights = RandomWeights();
        change?.Invoke(weights);
        File.WriteAllBytes(_folder.File("model.safetensors"), weights.ToBytes());
    }

    public string Folder => _folder.Path;

    public string PathOf(string name) => _folder.File(name);

    public void WriteConfig(Action<Dictionary<string, object?>> change)
    {
        var config = new Dictionary<string, object?>
        {
            ["architectures"] = new[] { "LlamaForCausalLM" },
            ["model_type"] = "llama",
            ["hidden_size"] = 32,
            ["intermediate_size"] = 48,
            ["num_hidden_layers"] = 2,
            ["num_attention_heads"] = 4,
            ["num_key_value_heads"] = 2,
            ["head_dim"] = 8,
            ["vocab_size"] = VocabularySize,
            ["max_position_embeddings"] = ContextTokens,
            ["rms_norm_eps"] = 1e-5,
            ["rope_theta"] = 10000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = false,
        };
        change(config);
        File.WriteAllText(_folder.File("config.json"), JsonSerializer.Serialize(config));
    }

    public void Dispose() => _folder.Dispose();

    public static SafetensorsWriter RandomWeights()
    {
        var random = new Random(42);
        var weights = new SafetensorsWriter();
        void Add(string name, params int[] shape)
            => weights.Add(name, shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5))]);

        Add("model.embed_tokens.weight", VocabularySize, 32);
        for (var layer = 0; layer < 2; layer++)
        {
            Add($"model.layers.{layer}.input_layernorm.weight", 32);
            Add($"model.layers.{layer}.self_attn.q_proj.weight", 32, 32);
            Add($"model.layers.{layer}.self_attn.k_proj.weight", 16, 32);
            Add($"model.layers.{layer}.self_attn.v_proj.weight", 16, 32);
            Add($"model.layers.{layer}.self_attn.o_proj.weight", 32, 32);
            Add($"model.layers.{layer}.post_attention_layernorm.weight", 32);
            Add($"model.layers.{layer}.mlp.gate_proj.weight", 48, 32);
            Add($"model.layers.{layer}.mlp.up_proj.weight", 48, 32);
            Add($"model.layers.{layer}.mlp.down_proj.weight", 32, 48);
        }

        Add("model.norm.weight", 32);
        Add("lm_head.weight", VocabularySize, 32);
        return weights;
    }

    private static object TokenizerJson() => new Dictionary<string, object?>
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new[] { Special(BeginId, "<s>"), Special(EndId, "</s>") },
        ["normalizer"] = null,
        ["pre_tokenizer"] = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
        ["post_processor"] = null,
        ["decoder"] = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
        ["model"] = new
        {
            type = "BPE",
            vocab = Enumerable.Range(0, 256).ToDictionary(ByteCharacter, id => id).Append(new("<s>", BeginId)).Append(new("</s>", EndId)).ToDictionary(),
            merges = Array.Empty<string>(),
        },
    };

    private static object Special(int id, string content) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true };

    /// <summary>GPT-2's alphabet: printable Latin-1 bytes are themselves, the others follow from U+0100 in their order.</summary>
    private static string ByteCharacter(int value)
    {
        static bool Printable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        var code = Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Printable(b));
        return new Rune(code).ToString();
    }
}
