namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Mistral: Llama with a window in every layer, or with none.</summary>
internal sealed class MistralFamily : ModelFamily
{
    private const int UsualWindow = 4096;

    public override string Architecture => "MistralForCausalLM";

    public override string ModelType => "mistral";

    public override string GgufArchitecture => "llama";

    public override bool PairsSideBySide => true;

    public override DecoderConfig Read(ConfigFields fields)
    {
        fields.RequireText("hidden_act", "silu");
        var config = ReadCommon(fields);
        return config with { Windows = ReadWindows(fields, config.Layers, ReadWindow(fields, UsualWindow), _ => true) };
    }

    // Files of both say llama, so none comes here.
    public override DecoderConfig Read(GgufKeys keys, DecoderConfig common) => common;

    public override void Write(GgufKeyWriter keys, DecoderConfig config)
    {
        // All that these have is common to all families.
    }
}
