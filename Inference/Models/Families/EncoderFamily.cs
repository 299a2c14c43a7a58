using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models.Families;

/// <summary>One family of encoders: how its config.json is to be understood, in the words of Hugging Face's transformers. All of them are one architecture in GGUF files.</summary>
/// <param name="Architecture">The name in config.json's <c>architectures</c>.</param>
/// <param name="ModelType">The name in <c>model_type</c>.</param>
/// <param name="Prefix">What stands before the names of tensors where the file holds a head besides.</param>
/// <param name="SkipsPadding">Whether positions begin behind the padding token's id.</param>
internal sealed record EncoderFamily(string Architecture, string ModelType, string Prefix, bool SkipsPadding)
{
    /// <summary>The name of all of them in a GGUF file's <c>general.architecture</c>.</summary>
    public const string GgufArchitecture = "bert";

    /// <summary>All families.</summary>
    public static readonly IReadOnlyList<EncoderFamily> All =
    [
        new("BertModel", "bert", "bert.", false),
        new("RobertaModel", "roberta", "roberta.", true),
        new("XLMRobertaModel", "xlm-roberta", "roberta.", true),
    ];

    /// <summary>The family that config.json names; null where it names no encoder.</summary>
    public static EncoderFamily? Find(ConfigFields fields)
    {
        var name = fields.OnlyText("architectures");
        return All.FirstOrDefault(family => family.Architecture == name);
    }

    /// <summary>The family of an encoder's shape.</summary>
    public static EncoderFamily Of(EncoderConfig config) => All.Single(family => family.Architecture == config.Architecture);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">A field is missing or out of range, or asks for what the encoder does not compute.</exception>
    public EncoderConfig Read(ConfigFields fields)
    {
        fields.RequireTextOrNothing("model_type", ModelType);
        fields.RequireText("hidden_act", "gelu");
        fields.RequireTextOrNothing("position_embedding_type", "absolute");
        fields.RefuseUnless("is_decoder", false);
        fields.RefuseUnless("add_cross_attention", false);
        fields.RefuseAny("quantization_config", "embedding_size");
        var hidden = fields.Integer("hidden_size", 1, 65_536);
        var heads = fields.Integer("num_attention_heads", 1, 1_024);
        if (hidden % heads != 0)
        {
            throw fields.Bad("num_attention_heads", $"{heads} does not divide the hidden size of {hidden}");
        }

        var first = SkipsPadding ? fields.Integer("pad_token_id", 0, 1_024, 1) + 1 : 0;
        var positions = fields.Integer("max_position_embeddings", first + 1, 16_777_216);
        return new EncoderConfig
        {
            Architecture = Architecture,
            HiddenSize = hidden,
            IntermediateSize = fields.Integer("intermediate_size", 1, 1_048_576),
            Layers = fields.Integer("num_hidden_layers", 1, 1_024),
            Heads = heads,
            VocabularySize = fields.Integer("vocab_size", 2, 4_194_304),
            Positions = positions,
            ContextTokens = positions - first,
            NormEpsilon = fields.Number("layer_norm_eps", 0, 1, 1e-12),
            TokenTypes = fields.Integer("type_vocab_size", 0, 1_024, SkipsPadding ? 1 : 2),
            FirstPosition = first,
            EndIds = [],
        };
    }
}
