using CocoonOrleans.Inference.Models.Rotary;

namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Gemma 3, text only: five layers with a window and rotary positions of their own, then one without; a norm on each head's queries and keys.</summary>
internal sealed class Gemma3Family : ModelFamily
{
    private const int UsualPeriod = 6;
    private const double UsualWindowBase = 10_000;

    // The one model whose scale llama.cpp knows by its number of layers.
    private const int LayersOf27B = 62;

    public override string Architecture => "Gemma3ForCausalLM";

    public override string ModelType => "gemma3_text";

    public override string GgufArchitecture => "gemma3";

    public override DecoderConfig Read(ConfigFields fields)
    {
        fields.RefuseAny("attn_logit_softcapping");
        fields.RefuseUnless("use_bidirectional_attention", false);
        var config = GemmaFields.Read(fields, ReadCommon(fields, tied: true));
        var name = fields.Has("_sliding_window_pattern") ? "_sliding_window_pattern" : "sliding_window_pattern";
        var period = fields.Integer(name, 1, 1_024, UsualPeriod);
        return config with
        {
            QueryKeyNorm = true,
            LogitCap = ReadCap(fields, "final_logit_softcapping", unstated: null),
            Windows = ReadWindows(fields, config.Layers, ReadWindow(fields, unstated: 4096), layer => IsInPattern(layer, period)),
        };
    }

    public override DecoderConfig Read(GgufKeys keys, DecoderConfig common)
    {
        var window = keys.Integer("attention.sliding_window", 0, 16_777_216, 0);
        return GemmaFields.Complete(common, LayersOf27B) with
        {
            QueryKeyNorm = true,
            LogitCap = keys.Has("final_logit_softcapping") ? keys.Number("final_logit_softcapping", 0, 1e9, null) : null,
            Windows = window == 0 ? new int[common.Layers] : keys.Windows(common.Layers, window, UsualPeriod, IsInPattern),
            WindowRotary = new RotaryPositions(keys.Number("rope.freq_base_swa", 0, 1e12, UsualWindowBase)),
        };
    }

    protected override (RotaryPositions Whole, RotaryPositions Window) ReadRotary(ConfigFields fields, int size, int contextTokens)
        => RotaryFields.ReadBoth(fields, size, contextTokens);

    public override int GgufContext(DecoderConfig config) => config.ContextTokens;

    public override void Write(GgufKeyWriter keys, DecoderConfig config)
    {
        GemmaFields.RequireScale(config, LayersOf27B);
        GgufKeyWriter.Require("rope_parameters", config.WindowRotary.Scaling is null, "llama.cpp never scales the positions of Gemma 3's windows");
        if (config.LogitCap is { } cap)
        {
            keys.Add("final_logit_softcapping", cap);
        }

        if (config.Windows.Any(window => window > 0))
        {
            keys.AddWindows(config, layer => IsInPattern(layer, UsualPeriod));
            keys.Add("rope.freq_base_swa", config.WindowRotary.Base);
        }
    }
}
