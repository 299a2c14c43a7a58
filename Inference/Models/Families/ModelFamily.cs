using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Rotary;

namespace CocoonOrleans.Inference.Models.Families;

/// <summary>
/// One family of decoders: how its config.json and its GGUF keys are to be understood. The words are those of Hugging Face's transformers and of llama.cpp.
/// </summary>
internal abstract class ModelFamily
{
    /// <summary>All families.</summary>
    public static readonly IReadOnlyList<ModelFamily> All =
        [new LlamaFamily(), new MistralFamily(), new Qwen2Family(), new Qwen3Family(), new Phi3Family(), new Gemma2Family(), new Gemma3Family()];

    private const string Architectures = "architectures";

    /// <summary>The name in config.json's <c>architectures</c>.</summary>
    public abstract string Architecture { get; }

    /// <summary>The name in config.json's <c>model_type</c>.</summary>
    public abstract string ModelType { get; }

    /// <summary>The name in a GGUF file's <c>general.architecture</c>.</summary>
    public abstract string GgufArchitecture { get; }

    /// <summary>Whether GGUF files have the two numbers of a rotary pair side by side, in queries and keys.</summary>
    public virtual bool PairsSideBySide => false;

    /// <summary>The family that config.json names.</summary>
    /// <exception cref="ModelFormatException">It names none that is known.</exception>
    public static ModelFamily OfArchitecture(ConfigFields fields)
    {
        var name = fields.OnlyText(Architectures);
        return All.FirstOrDefault(family => family.Architecture == name)
            ?? throw fields.Bad(Architectures, $"{name} is not supported; {string.Join(", ", [.. All.Select(family => family.Architecture), .. EncoderFamily.All.Select(family => family.Architecture)])} are");
    }

    /// <summary>The family of a decoder's shape.</summary>
    public static ModelFamily Of(DecoderConfig config) => All.Single(family => family.Architecture == config.Architecture);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="ModelFormatException">A field is missing or out of range, or asks for what the decoder does not compute.</exception>
    public abstract DecoderConfig Read(ConfigFields fields);

    /// <summary>Reads the keys of a GGUF file that are this family's own, into what all have.</summary>
    /// <exception cref="ModelFormatException">A key is out of range, or asks for what the decoder does not compute.</exception>
    public abstract DecoderConfig Read(GgufKeys keys, DecoderConfig common);

    /// <summary>Writes the keys of a GGUF file that are this family's own.</summary>
    /// <exception cref="ModelFormatException">llama.cpp would compute something else than this model does.</exception>
    public abstract void Write(GgufKeyWriter keys, DecoderConfig config);

    /// <summary>
    /// The context that a GGUF file of this model names. llama.cpp knows no windows for most families; up to the smallest one there is no difference, so
    /// that is where the context ends.
    /// </summary>
    public virtual int GgufContext(DecoderConfig config) => config.Windows.Where(window => window > 0).Append(config.ContextTokens).Min();

    /// <summary>What all families' config.json have.</summary>
    /// <param name="fields">The file.</param>
    /// <param name="tied">What an absent <c>tie_word_embeddings</c> means.</param>
    /// <param name="partial">Whether only a part of each head may turn.</param>
    protected DecoderConfig ReadCommon(ConfigFields fields, bool tied = false, bool partial = false)
    {
        fields.RequireTextOrNothing("model_type", ModelType);
        fields.RefuseUnless("attention_bias", false);
        fields.RefuseUnless("mlp_bias", false);
        fields.RefuseAny("quantization_config", "num_local_experts", "num_experts");

        var hidden = fields.Integer("hidden_size", 1, 65_536);
        var heads = fields.Integer("num_attention_heads", 1, 1_024);
        var head = fields.Integer("head_dim", 2, 4_096, hidden / heads);
        var layers = fields.Integer("num_hidden_layers", 1, 1_024);
        var context = fields.Integer("max_position_embeddings", 2, 16_777_216);
        var size = RotaryFields.Size(fields, head, partial);
        var (whole, window) = ReadRotary(fields, size, context);
        return new DecoderConfig
        {
            Architecture = Architecture,
            HiddenSize = hidden,
            IntermediateSize = fields.Integer("intermediate_size", 1, 1_048_576),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = fields.Integer("num_key_value_heads", 1, 1_024, heads),
            HeadSize = head,
            VocabularySize = fields.Integer("vocab_size", 2, 4_194_304),
            ContextTokens = context,
            NormEpsilon = fields.Number("rms_norm_eps", 0, 1, null),
            RotarySize = size,
            Rotary = whole,
            WindowRotary = window,
            Windows = new int[layers],
            AttentionScale = 1 / Math.Sqrt(head),
            TiedEmbeddings = fields.Flag("tie_word_embeddings", tied),
            EndIds = fields.Ids("eos_token_id"),
        };
    }

    /// <summary>The rotary positions of layers that see everything and of those with a window.</summary>
    protected virtual (RotaryPositions Whole, RotaryPositions Window) ReadRotary(ConfigFields fields, int size, int contextTokens)
    {
        var both = RotaryFields.Read(fields, size, contextTokens);
        return (both, both);
    }

    /// <summary>The window of each layer: as <c>layer_types</c> says, or where the file has none as the family's rule does.</summary>
    /// <param name="fields">The file.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="window">The window; null where no layer may have one.</param>
    /// <param name="rule">Whether a layer has one.</param>
    protected static IReadOnlyList<int> ReadWindows(ConfigFields fields, int layers, int? window, Func<int, bool> rule)
    {
        const string Types = "layer_types";
        var types = fields.Texts(Types, layers);
        return [.. Enumerable.Range(0, layers).Select(layer => types?[layer] switch
        {
            null => rule(layer) ? window ?? 0 : 0,
            "full_attention" => 0,
            "sliding_attention" => window ?? throw fields.Bad(Types, "has layers of sliding_attention, but there is no sliding_window"),
            var other => throw fields.Bad(Types, $"{other} is not supported; full_attention and sliding_attention are"),
        })];
    }

    /// <summary><c>sliding_window</c>; where the file doesn't state it, what transformers takes then.</summary>
    protected static int? ReadWindow(ConfigFields fields, int? unstated)
    {
        const string Name = "sliding_window";
        return fields.Has(Name) ? fields.Integer(Name, 1, 16_777_216) : fields.IsStated(Name) ? null : unstated;
    }

    /// <summary>A cap of scores or logits; where the file doesn't state it, what transformers takes then.</summary>
    protected static double? ReadCap(ConfigFields fields, string name, double? unstated)
        => fields.NumberOrNothing(name, 1e-3, 1e9) ?? (fields.IsStated(name) ? null : unstated);

    /// <summary>Windows that repeat: so many layers less one have one, then one sees everything.</summary>
    protected static bool IsInPattern(int layer, int period) => layer % period < period - 1;
}
