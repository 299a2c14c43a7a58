namespace CocoonOrleans.Inference.Models;

/// <summary>Names of an encoder's tensors in GGUF files (as llama.cpp's converter writes them), and in Hugging Face's files, which the encoder goes by.</summary>
internal static class GgufEncoderNames
{
    public const string Words = "token_embd.weight";

    public const string Positions = "position_embd.weight";

    public const string TokenTypes = "token_types.weight";

    private static readonly string[] Kinds = ["weight", "bias"];

    /// <summary>All tensors of an encoder, by both names.</summary>
    public static IEnumerable<(string Gguf, string Other)> All(EncoderConfig config)
    {
        var names = new EncoderNames("");
        yield return (Words, names.Words);
        yield return (Positions, names.Positions);
        if (config.TokenTypes > 0)
        {
            yield return (TokenTypes, names.TokenTypes);
        }

        foreach (var kind in Kinds)
        {
            yield return ($"token_embd_norm.{kind}", $"{names.EmbeddingNorm}.{kind}");
            for (var i = 0; i < config.Layers; i++)
            {
                var layer = names.Layer(i);
                yield return ($"blk.{i}.attn_q.{kind}", EncoderNames.Projection(layer, "query", kind));
                yield return ($"blk.{i}.attn_k.{kind}", EncoderNames.Projection(layer, "key", kind));
                yield return ($"blk.{i}.attn_v.{kind}", EncoderNames.Projection(layer, "value", kind));
                yield return ($"blk.{i}.attn_output.{kind}", $"{EncoderNames.Output(layer)}.{kind}");
                yield return ($"blk.{i}.attn_output_norm.{kind}", $"{EncoderNames.AttentionNorm(layer)}.{kind}");
                yield return ($"blk.{i}.ffn_up.{kind}", $"{EncoderNames.Up(layer)}.{kind}");
                yield return ($"blk.{i}.ffn_down.{kind}", $"{EncoderNames.Down(layer)}.{kind}");
                yield return ($"blk.{i}.layer_output_norm.{kind}", $"{EncoderNames.FeedForwardNorm(layer)}.{kind}");
            }
        }
    }
}
