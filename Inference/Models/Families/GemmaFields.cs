namespace CocoonOrleans.Inference.Models.Families;

/// <summary>What Gemma 2 and 3 have in common.</summary>
internal static class GemmaFields
{
    private const string Activation = "gelu_pytorch_tanh";

    /// <summary>Reads config.json.</summary>
    public static DecoderConfig Read(ConfigFields fields, DecoderConfig common)
    {
        fields.RequireTextOrNothing("hidden_activation", Activation);
        return Complete(common) with
        {
            NormOffset = 1,
            AttentionScale = 1 / Math.Sqrt(fields.Number("query_pre_attn_scalar", 1e-3, 1e9, null)),
        };
    }

    /// <summary>The shape of a GGUF file, which has no key for the attention's scale: llama.cpp takes another one for the largest model of each.</summary>
    /// <param name="common">What all families have.</param>
    /// <param name="layersOfLargest">How that model is known.</param>
    public static DecoderConfig Complete(DecoderConfig common, int layersOfLargest) => Complete(common) with
    {
        AttentionScale = GgufScale(common, layersOfLargest),
    };

    /// <summary>Refuses a scale that llama.cpp doesn't compute with.</summary>
    public static void RequireScale(DecoderConfig config, int layersOfLargest)
        => GgufKeyWriter.Require("query_pre_attn_scalar", Math.Abs(config.AttentionScale / GgufScale(config, layersOfLargest) - 1) < 1e-6, "llama.cpp takes the head's size");

    private static double GgufScale(DecoderConfig config, int layersOfLargest)
        => 1 / Math.Sqrt(config.Layers == layersOfLargest ? Math.Max(1, config.HiddenSize / config.Heads) : config.HeadSize);

    private static DecoderConfig Complete(DecoderConfig common) => common with
    {
        Activation = Models.Activation.GeluTanh,
        PostNorms = true,
        EmbeddingScale = Math.Sqrt(common.HiddenSize),
    };
}
