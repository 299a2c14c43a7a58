using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// The shape of a Llama decoder, from a model's config.json (Hugging Face transformers, <c>LlamaConfig</c>). What the decoder doesn't compute
/// is refused by name, never left out.
/// </summary>
public sealed record LlamaConfig
{
    /// <summary>The file's name in every model folder.</summary>
    public const string FileName = "config.json";

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the feed-forward layers.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads; a multiple of <see cref="KeyValueHeads"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key and value heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of a head; even.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Number of token ids.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Highest number of positions.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Added to the mean square in RMSNorm.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Base of the rotary position frequencies.</summary>
    public required double RopeBase { get; init; }

    /// <summary>True where the output layer is the embedding.</summary>
    public required bool TiedEmbeddings { get; init; }

    /// <summary>Ids that end an answer, as config.json names them; may be empty.</summary>
    public required IReadOnlyList<int> EndIds { get; init; }

    /// <summary>Number of weights.</summary>
    public long Parameters
        => (long)VocabularySize * HiddenSize * (TiedEmbeddings ? 1 : 2) + HiddenSize
            + Layers * ((long)HiddenSize * HeadSize * 2 * (Heads + KeyValueHeads) + 3L * HiddenSize * IntermediateSize + 2L * HiddenSize);

    /// <summary>Bytes of key-value cache that one position of one sequence takes.</summary>
    public long CacheBytesPerToken => 2L * Layers * KeyValueHeads * HeadSize * sizeof(float);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">Not JSON, a field is missing or out of range, or the model computes something that the decoder does not.</exception>
    public static LlamaConfig Parse(ReadOnlyMemory<byte> json)
    {
        using var fields = new ConfigFields(json);
        fields.RequireText("architectures", "LlamaForCausalLM");
        fields.RequireText("hidden_act", "silu");
        fields.RequireTextOrNothing("model_type", "llama");
        fields.RefuseUnless("attention_bias", false);
        fields.RefuseUnless("mlp_bias", false);
        fields.RefuseNumberUnless("pretraining_tp", 1);
        fields.RefuseNumberUnless("partial_rotary_factor", 1);
        foreach (var field in (string[])["rope_scaling", "quantization_config", "sliding_window", "attn_logit_softcapping", "final_logit_softcapping", "num_local_experts"])
        {
            fields.RefuseAny(field);
        }

        var hidden = fields.Integer("hidden_size", 1, 65_536);
        var heads = fields.Integer("num_attention_heads", 1, 1_024);
        var config = new LlamaConfig
        {
            HiddenSize = hidden,
            IntermediateSize = fields.Integer("intermediate_size", 1, 1_048_576),
            Layers = fields.Integer("num_hidden_layers", 1, 1_024),
            Heads = heads,
            KeyValueHeads = fields.Integer("num_key_value_heads", 1, 1_024, heads),
            HeadSize = fields.Integer("head_dim", 2, 4_096, hidden / heads),
            VocabularySize = fields.Integer("vocab_size", 2, 4_194_304),
            ContextTokens = fields.Integer("max_position_embeddings", 2, 16_777_216),
            NormEpsilon = fields.Number("rms_norm_eps", 0, 1, null),
            RopeBase = fields.RopeBase(),
            TiedEmbeddings = fields.Flag("tie_word_embeddings", fallback: false),
            EndIds = fields.Ids("eos_token_id"),
        };

        if (config.Heads % config.KeyValueHeads != 0)
        {
            throw new ModelFormatException(FileName, "num_key_value_heads", $"{config.KeyValueHeads} does not divide the {config.Heads} attention heads");
        }

        return config.HeadSize % 2 == 0
            ? config
            : throw new ModelFormatException(FileName, "head_dim", $"{config.HeadSize} is odd; rotary positions need pairs");
    }
}
