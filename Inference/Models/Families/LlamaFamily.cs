namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Llama 2, 3 and what is built like them.</summary>
internal sealed class LlamaFamily : ModelFamily
{
    public override string Architecture => "LlamaForCausalLM";

    public override string ModelType => "llama";

    public override string GgufArchitecture => "llama";

    public override bool PairsSideBySide => true;

    public override DecoderConfig Read(ConfigFields fields)
    {
        fields.RequireText("hidden_act", "silu");
        fields.RefuseNumberUnless("pretraining_tp", 1);
        fields.RefuseAny("sliding_window", "attn_logit_softcapping", "final_logit_softcapping");
        var config = ReadCommon(fields);
        return config with { Windows = ReadWindows(fields, config.Layers, window: null, _ => false) };
    }

    public override DecoderConfig Read(GgufKeys keys, DecoderConfig common)
    {
        keys.RefuseAny("attention.sliding_window");
        return common;
    }

    public override void Write(GgufKeyWriter keys, DecoderConfig config)
    {
        // All that these have is common to all families.
    }
}
