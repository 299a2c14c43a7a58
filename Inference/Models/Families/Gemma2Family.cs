namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Gemma 2: a window in every other layer, caps on scores and logits, and a norm after attention and feed-forward layers too.</summary>
internal sealed class Gemma2Family : ModelFamily
{
    private const int UsualWindow = 4096;
    private const int Period = 2;
    private const double UsualAttentionCap = 50;
    private const double UsualLogitCap = 30;

    // The one model whose scale llama.cpp knows by its number of layers.
    private const int LayersOf27B = 46;

    public override string Architecture => "Gemma2ForCausalLM";

    public override string ModelType => "gemma2";

    public override string GgufArchitecture => "gemma2";

    public override DecoderConfig Read(ConfigFields fields)
    {
        var config = GemmaFields.Read(fields, ReadCommon(fields, tied: true));
        return config with
        {
            AttentionCap = ReadCap(fields, "attn_logit_softcapping", UsualAttentionCap),
            LogitCap = ReadCap(fields, "final_logit_softcapping", UsualLogitCap),
            Windows = ReadWindows(fields, config.Layers, ReadWindow(fields, UsualWindow), layer => IsInPattern(layer, Period)),
        };
    }

    public override DecoderConfig Read(GgufKeys keys, DecoderConfig common) => GemmaFields.Complete(common, LayersOf27B) with
    {
        AttentionCap = keys.Number("attn_logit_softcapping", 0, 1e9, UsualAttentionCap),
        LogitCap = keys.Number("final_logit_softcapping", 0, 1e9, UsualLogitCap),
        Windows = keys.Windows(common.Layers, keys.Integer("attention.sliding_window", 1, 16_777_216, UsualWindow), Period, IsInPattern),
    };

    public override int GgufContext(DecoderConfig config) => config.ContextTokens;

    public override void Write(GgufKeyWriter keys, DecoderConfig config)
    {
        GemmaFields.RequireScale(config, LayersOf27B);
        GgufKeyWriter.Require("tie_word_embeddings", config.TiedEmbeddings, "Gemma 2's output layer is its embedding");
        GgufKeyWriter.Require("attn_logit_softcapping", config.AttentionCap is not null, "llama.cpp caps Gemma 2's attention always");
        GgufKeyWriter.Require("final_logit_softcapping", config.LogitCap is not null, "llama.cpp caps Gemma 2's logits always");
        GgufKeyWriter.Require("sliding_window", config.Windows.Any(window => window > 0), "llama.cpp gives Gemma 2 a window always");
        keys.Add("attn_logit_softcapping", config.AttentionCap!.Value);
        keys.Add("final_logit_softcapping", config.LogitCap!.Value);
        keys.AddWindows(config, layer => IsInPattern(layer, Period));
    }
}
