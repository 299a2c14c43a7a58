namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Phi-3, 3.5 and Phi-4 (mini): projections in one matrix, a window, and a part of each head that doesn't turn.</summary>
internal sealed class Phi3Family : ModelFamily
{
    public override string Architecture => "Phi3ForCausalLM";

    public override string ModelType => "phi3";

    public override string GgufArchitecture => "phi3";

    public override DecoderConfig Read(ConfigFields fields)
    {
        fields.RequireText("hidden_act", "silu");
        var config = ReadCommon(fields, partial: true);
        return config with
        {
            FusedProjections = true,
            Windows = ReadWindows(fields, config.Layers, ReadWindow(fields, unstated: null), _ => true),
        };
    }

    public override DecoderConfig Read(GgufKeys keys, DecoderConfig common)
    {
        // llama.cpp writes 0 for none.
        var window = keys.Integer("attention.sliding_window", 0, 16_777_216, 0);
        return common with
        {
            FusedProjections = true,
            Windows = [.. Enumerable.Repeat(window, common.Layers)],
        };
    }

    public override int GgufContext(DecoderConfig config) => config.ContextTokens;

    // llama.cpp reads Phi-3's window but doesn't compute it (its pull request 13676): answers differ where a sequence grows longer.
    public override void Write(GgufKeyWriter keys, DecoderConfig config)
    {
        GgufKeyWriter.Require("head_dim", config.HeadSize * config.Heads == config.HiddenSize, "llama.cpp wants Phi-3's heads to be as wide as the residual stream together");
        GgufKeyWriter.Require("layer_types", config.Windows.Distinct().Count() == 1, "Phi-3's layers have one window");
        keys.Add("attention.sliding_window", config.Windows[0]);
    }
}
