using System.Text.RegularExpressions;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// A Llama decoder as GGUF files have it (github.com/ggml-org/ggml, <c>docs/gguf.md</c>; names as llama.cpp's converter writes them), told in the words of Hugging
/// Face, which the decoder goes by. Rows of queries and keys are put back: GGUF has the two halves of a rotary pair side by side.
/// </summary>
internal sealed partial class LlamaGguf
{
    private const string Architecture = "llama";
    private const string Output = "output.weight";

    private readonly string _file;

    /// <exception cref="ModelFormatException">A key is missing or out of range, or the model computes something that the decoder does not.</exception>
    public LlamaGguf(GgufFile gguf, string file)
    {
        _file = file;
        Config = ReadConfig(gguf);
    }

    /// <summary>The decoder's shape.</summary>
    public LlamaConfig Config { get; }

    /// <summary>The same weights under the name and in the order that the decoder takes.</summary>
    /// <exception cref="ModelFormatException">It is no tensor of a Llama decoder.</exception>
    public WeightTensor Translate(WeightTensor tensor)
    {
        var name = Translate(tensor.Name);
        return tensor.Name switch
        {
            _ when tensor.Name.EndsWith(".attn_q.weight", StringComparison.Ordinal) => Unpair(tensor, name, Config.Heads),
            _ when tensor.Name.EndsWith(".attn_k.weight", StringComparison.Ordinal) => Unpair(tensor, name, Config.KeyValueHeads),
            _ => tensor with { Name = name },
        };
    }

    private string Translate(string name)
    {
        switch (name)
        {
            case "token_embd.weight":
                return "model.embed_tokens.weight";
            case "output_norm.weight":
                return "model.norm.weight";
            case Output:
                return "lm_head.weight";
        }

        var match = LayerName().Match(name);
        var part = match.Groups["part"].Value switch
        {
            "attn_norm" => "input_layernorm",
            "attn_q" => "self_attn.q_proj",
            "attn_k" => "self_attn.k_proj",
            "attn_v" => "self_attn.v_proj",
            "attn_output" => "self_attn.o_proj",
            "ffn_norm" => "post_attention_layernorm",
            "ffn_gate" => "mlp.gate_proj",
            "ffn_up" => "mlp.up_proj",
            "ffn_down" => "mlp.down_proj",
            _ => throw new ModelFormatException(_file, name, "is no tensor of a Llama decoder that the engine computes"),
        };
        return $"model.layers.{match.Groups["layer"].Value}.{part}.weight";
    }

    // GGUF: row 2j + p of a head; Hugging Face: row p * half + j.
    private WeightTensor Unpair(WeightTensor tensor, string name, int heads)
    {
        var head = Config.HeadSize;
        if (tensor.Shape is not [var rows, var columns] || rows != heads * head)
        {
            throw new ModelFormatException(_file, tensor.Name, $"has the shape [{string.Join(", ", tensor.Shape)}], but the keys of the file ask for {heads * head} rows");
        }

        var values = new float[tensor.Values.Length];
        for (var row = 0; row < rows; row++)
        {
            var (first, inside) = (row / head * head, row % head);
            var target = first + inside % 2 * (head / 2) + inside / 2;
            tensor.Values.AsSpan(row * columns, columns).CopyTo(values.AsSpan(target * columns));
        }

        return new WeightTensor(name, tensor.Shape, values);
    }

    private LlamaConfig ReadConfig(GgufFile gguf)
    {
        var keys = gguf.Metadata;
        if (keys.Text("general.architecture") is not Architecture and var other)
        {
            throw new ModelFormatException(_file, "general.architecture", $"{other} is not supported; {Architecture} is");
        }

        // What changes the sums and is not computed is refused, never left out.
        foreach (var key in (string[])[Key("rope.scaling.type"), Key("rope.scaling.factor"), Key("rope.scale_linear"), Key("expert_count"), Key("attention.sliding_window"), Key("logit_scale")])
        {
            if (keys.Has(key))
            {
                throw new ModelFormatException(_file, key, "is not supported");
            }
        }

        var hidden = keys.Integer(Key("embedding_length"), 1, 65_536);
        var heads = keys.Integer(Key("attention.head_count"), 1, 1_024);
        var head = keys.Integer(Key("attention.key_length"), 2, 4_096, hidden / heads);
        var embedding = gguf.Tensors.FirstOrDefault(tensor => tensor.Name == "token_embd.weight")
            ?? throw new ModelFormatException(_file, "token_embd.weight", "is missing");
        var config = new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = keys.Integer(Key("feed_forward_length"), 1, 1_048_576),
            Layers = keys.Integer(Key("block_count"), 1, 1_024),
            Heads = heads,
            KeyValueHeads = keys.Integer(Key("attention.head_count_kv"), 1, 1_024, heads),
            HeadSize = head,
            VocabularySize = keys.Integer(Key("vocab_size"), 2, 4_194_304, embedding.Shape[0]),
            ContextTokens = keys.Integer(Key("context_length"), 2, 16_777_216),
            NormEpsilon = keys.Number(Key("attention.layer_norm_rms_epsilon"), 0, 1),
            RopeBase = keys.Number(Key("rope.freq_base"), 0, 1e12, 10_000),
            TiedEmbeddings = gguf.Tensors.All(tensor => tensor.Name != Output),
            EndIds = keys.Has("tokenizer.ggml.eos_token_id") ? [keys.Integer("tokenizer.ggml.eos_token_id", 0, 4_194_304)] : [],
        };
        Require(Key("attention.value_length"), keys.Integer(Key("attention.value_length"), 1, 4_096, head) == head, "differs from the length of a key");
        Require(Key("rope.dimension_count"), keys.Integer(Key("rope.dimension_count"), 1, 4_096, head) == head, "covers a part of a head only, which is not supported");
        Require(Key("attention.head_count_kv"), heads % config.KeyValueHeads == 0, $"{config.KeyValueHeads} does not divide the {heads} attention heads");
        Require(Key("attention.key_length"), head % 2 == 0, $"a head of {head} has no pairs, which rotary positions need");
        return config;
    }

    private void Require(string key, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ModelFormatException(_file, key, otherwise);
        }
    }

    private static string Key(string name) => $"{Architecture}.{name}";

    [GeneratedRegex(@"^blk\.(?<layer>0|[1-9][0-9]{0,3})\.(?<part>[a-z_]+)\.weight$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex LayerName();
}
