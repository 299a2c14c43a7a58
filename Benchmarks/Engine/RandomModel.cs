using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>
/// A Llama of 125 million random weights, always the same: hidden 768, 12 layers, 12 query and 4 key-value heads of 64, feed-forward 2048, 32,000 tokens, output layer of its own.
/// It says nonsense in the time that a real one would take.
/// </summary>
internal sealed class RandomModel
{
    private const int Hidden = 768;
    private const int Inner = 2048;
    private const int Layers = 12;
    private const int Heads = 12;
    private const int KeyValueHeads = 4;
    private const int HeadSize = 64;
    private const int Vocabulary = 32_000;
    private const int ContextTokens = 2048;

    private readonly string _folder;

    /// <summary>Makes it where it is not there yet.</summary>
    /// <param name="folder">The folder for its files, some 700 MB with those for llama.cpp.</param>
    public RandomModel(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        var weights = Path.Combine(folder, "model.safetensors");
        if (!File.Exists(weights))
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(Config()));
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(TokenizerJson()));
            File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": "</s>"}""");
            WriteWeights(weights + ".part");
            File.Move(weights + ".part", weights);
        }
    }

    /// <summary>The folder.</summary>
    public string Folder => _folder;

    /// <summary>Reads it.</summary>
    public ModelFolder Read() => ModelFolder.Read(_folder);

    /// <summary>Where it lies unless somebody says otherwise: <c>artifacts/bench</c> of the checkout.</summary>
    /// <exception cref="DirectoryNotFoundException">This program runs outside of a checkout.</exception>
    public static string DefaultFolder()
    {
        return Path.Combine(Checkout(), "artifacts", "bench", "llama-125m");
    }

    /// <summary>The checkout.</summary>
    /// <exception cref="DirectoryNotFoundException">This program runs outside of a checkout.</exception>
    public static string Checkout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CocoonOrleans.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The benchmark runs outside of a checkout, so it has no place for a model of its own: name one with --model.");
    }

    private static IEnumerable<(string Name, int[] Shape, float Deviation)> Tensors()
    {
        var input = 1 / MathF.Sqrt(Hidden);
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden], 0.02f);
        for (var i = 0; i < Layers; i++)
        {
            var layer = $"model.layers.{i}.";
            yield return (layer + "input_layernorm.weight", [Hidden], 0);
            yield return (layer + "self_attn.q_proj.weight", [Heads * HeadSize, Hidden], input);
            yield return (layer + "self_attn.k_proj.weight", [KeyValueHeads * HeadSize, Hidden], input);
            yield return (layer + "self_attn.v_proj.weight", [KeyValueHeads * HeadSize, Hidden], input);
            yield return (layer + "self_attn.o_proj.weight", [Hidden, Heads * HeadSize], input);
            yield return (layer + "post_attention_layernorm.weight", [Hidden], 0);
            yield return (layer + "mlp.gate_proj.weight", [Inner, Hidden], input);
            yield return (layer + "mlp.up_proj.weight", [Inner, Hidden], input);
            yield return (layer + "mlp.down_proj.weight", [Hidden, Inner], 1 / MathF.Sqrt(Inner));
        }

        yield return ("model.norm.weight", [Hidden], 0);
        yield return ("lm_head.weight", [Vocabulary, Hidden], input);
    }

    private static void WriteWeights(string file)
    {
        var entries = new Dictionary<string, object>();
        var end = 0L;
        foreach (var (name, shape, _) in Tensors())
        {
            var start = end;
            end += shape.Aggregate(2L, (product, size) => product * size);
            entries.Add(name, new { dtype = "BF16", shape, data_offsets = new[] { start, end } });
        }

        using var stream = File.Create(file);
        var header = JsonSerializer.SerializeToUtf8Bytes(entries);
        var prefix = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        var random = new Random(1);
        foreach (var (_, shape, deviation) in Tensors())
        {
            var values = new ushort[shape.Aggregate(1, (product, size) => product * size)];
            foreach (ref var value in values.AsSpan())
            {
                // A norm's weights are ones. Four even numbers make nearly a bell.
                var number = deviation == 0 ? 1 : (random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2) * 1.73f * deviation;
                value = (ushort)(BitConverter.SingleToUInt32Bits(number) >> 16);
            }

            stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        }
    }

    private static Dictionary<string, object> Config() => new()
    {
        ["architectures"] = new[] { "LlamaForCausalLM" },
        ["model_type"] = "llama",
        ["hidden_size"] = Hidden,
        ["intermediate_size"] = Inner,
        ["num_hidden_layers"] = Layers,
        ["num_attention_heads"] = Heads,
        ["num_key_value_heads"] = KeyValueHeads,
        ["head_dim"] = HeadSize,
        ["vocab_size"] = Vocabulary,
        ["max_position_embeddings"] = ContextTokens,
        ["rms_norm_eps"] = 1e-5,
        ["rope_theta"] = 10000.0,
        ["hidden_act"] = "silu",
        ["tie_word_embeddings"] = false,
    };

    /// <summary>Single bytes, a begin and an end, and words that nothing is ever made of.</summary>
    private static object TokenizerJson() => new Dictionary<string, object?>
    {
        ["version"] = "1.0",
        ["added_tokens"] = new[] { Special(256, "<s>"), Special(257, "</s>") },
        ["normalizer"] = null,
        ["pre_tokenizer"] = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
        ["post_processor"] = null,
        ["decoder"] = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
        ["model"] = new
        {
            type = "BPE",
            vocab = Enumerable.Range(0, Vocabulary).ToDictionary(id => id switch { < 256 => ByteCharacter(id), 256 => "<s>", 257 => "</s>", _ => $"word{id}" }),
            merges = Array.Empty<string>(),
        },
    };

    private static object Special(int id, string content) => new { id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true };

    /// <summary>GPT-2's alphabet: printable Latin-1 bytes are themselves, the others follow from U+0100 in their order.</summary>
    private static string ByteCharacter(int value)
    {
        static bool Printable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        return new Rune(Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Printable(b))).ToString();
    }
}
