namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Qwen3: a norm on each head's queries and keys in place of Qwen2's bias.</summary>
internal sealed class Qwen3Family : ModelFamily
{
    public override string Architecture => "Qwen3ForCausalLM";

    public override string ModelType => "qwen3";

    public override string GgufArchitecture => "qwen3";

    public override DecoderConfig Read(ConfigFields fields)
    {
        fields.RequireText("hidden_act", "silu");
        var config = ReadCommon(fields);
        return config with
        {
            QueryKeyNorm = true,
            Windows = Qwen2Family.ReadUpperWindows(fields, config.Layers),
        };
    }

    public override DecoderConfig Read(GgufKeys keys, DecoderConfig common)
    {
        keys.RefuseAny("attention.sliding_window");
        return common with { QueryKeyNorm = true };
    }

    public override void Write(GgufKeyWriter keys, DecoderConfig config)
    {
        // All that these have is common to all families.
    }
}
