namespace CocoonOrleans.Inference.Models.Families;

/// <summary>Qwen2 and Qwen2.5: queries, keys and values have a bias, and the upper layers may have a window.</summary>
internal sealed class Qwen2Family : ModelFamily
{
    public override string Architecture => "Qwen2ForCausalLM";

    public override string ModelType => "qwen2";

    public override string GgufArchitecture => "qwen2";

    public override DecoderConfig Read(ConfigFields fields)
    {
        fields.RequireText("hidden_act", "silu");
        var config = ReadCommon(fields);
        return config with
        {
            QueryKeyValueBias = true,
            Windows = ReadUpperWindows(fields, config.Layers),
        };
    }

    public override DecoderConfig Read(GgufKeys keys, DecoderConfig common)
    {
        keys.RefuseAny("attention.sliding_window");
        return common with { QueryKeyValueBias = true };
    }

    /// <summary>Windows of the layers from <c>max_window_layers</c> up, where <c>use_sliding_window</c> says so.</summary>
    internal static IReadOnlyList<int> ReadUpperWindows(ConfigFields fields, int layers)
    {
        const int UsualWindow = 4096;
        const int UsualFirst = 28;
        var first = fields.Integer("max_window_layers", 0, 16_777_216, UsualFirst);
        return ReadWindows(fields, layers, fields.Flag("use_sliding_window", fallback: false) ? ReadWindow(fields, UsualWindow) : null, layer => layer >= first);
    }

    public override void Write(GgufKeyWriter keys, DecoderConfig config)
        => GgufKeyWriter.Require("head_dim", config.HeadSize * config.Heads == config.HiddenSize, "llama.cpp wants Qwen2's heads to be as wide as the residual stream together");
}
