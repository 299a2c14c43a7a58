using System.Text.RegularExpressions;

namespace CocoonOrleans.Inference.Models.Families;

/// <summary>
/// Names of a decoder's tensors in GGUF files (as llama.cpp's converter writes them), and in Hugging Face's files, which the decoder goes by: one for one,
/// so that both ways can be gone.
/// </summary>
internal sealed partial class GgufTensorNames
{
    /// <summary>The embedding in a GGUF file.</summary>
    public const string Embedding = "token_embd.weight";

    /// <summary>The output layer in a GGUF file, absent where it is the embedding.</summary>
    public const string Output = "output.weight";

    /// <summary>The output layer in Hugging Face's files.</summary>
    public const string OutputElsewhere = "lm_head.weight";

    private static readonly (string Gguf, string Other)[] Outside =
        [(Embedding, "model.embed_tokens.weight"), ("output_norm.weight", "model.norm.weight"), (Output, OutputElsewhere)];

    private readonly Dictionary<string, string> _fromGguf;

    public GgufTensorNames(DecoderConfig config) => _fromGguf = Parts(config).ToDictionary(part => part.Gguf, part => part.Other);

    /// <summary>The name in Hugging Face's files; null for no tensor of this decoder.</summary>
    public string? FromGguf(string name)
    {
        var match = LayerOfGguf().Match(name);
        return match.Success && _fromGguf.TryGetValue(match.Groups["part"].Value, out var part)
            ? $"model.layers.{match.Groups["layer"].Value}.{part}"
            : Outside.FirstOrDefault(pair => pair.Gguf == name).Other;
    }

    /// <summary>All tensors of a decoder, by both names.</summary>
    public IEnumerable<(string Gguf, string Other)> All(DecoderConfig config)
        => Outside.Where(pair => pair.Gguf != Output || !(config.TiedEmbeddings || config.Embeds))
            .Concat(Enumerable.Range(0, config.Layers).SelectMany(layer => _fromGguf.Select(part => ($"blk.{layer}.{part.Key}", $"model.layers.{layer}.{part.Value}"))));

    private static IEnumerable<(string Gguf, string Other)> Parts(DecoderConfig config)
    {
        yield return ("attn_norm.weight", "input_layernorm.weight");
        yield return ("attn_output.weight", "self_attn.o_proj.weight");
        yield return ("ffn_down.weight", "mlp.down_proj.weight");
        if (config.PostNorms)
        {
            yield return ("post_attention_norm.weight", "post_attention_layernorm.weight");
            yield return ("ffn_norm.weight", "pre_feedforward_layernorm.weight");
            yield return ("post_ffw_norm.weight", "post_feedforward_layernorm.weight");
        }
        else
        {
            yield return ("ffn_norm.weight", "post_attention_layernorm.weight");
        }

        if (config.FusedProjections)
        {
            yield return ("attn_qkv.weight", "self_attn.qkv_proj.weight");
            yield return ("ffn_up.weight", "mlp.gate_up_proj.weight");
        }
        else
        {
            yield return ("ffn_gate.weight", "mlp.gate_proj.weight");
            yield return ("ffn_up.weight", "mlp.up_proj.weight");
            foreach (var part in (string[])["q", "k", "v"])
            {
                yield return ($"attn_{part}.weight", $"self_attn.{part}_proj.weight");
                if (config.QueryKeyValueBias)
                {
                    yield return ($"attn_{part}.bias", $"self_attn.{part}_proj.bias");
                }
            }
        }

        if (config.QueryKeyNorm)
        {
            yield return ("attn_q_norm.weight", "self_attn.q_norm.weight");
            yield return ("attn_k_norm.weight", "self_attn.k_norm.weight");
        }
    }

    [GeneratedRegex(@"^blk\.(?<layer>0|[1-9][0-9]{0,3})\.(?<part>[a-z_]+\.(weight|bias))$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex LayerOfGguf();
}
