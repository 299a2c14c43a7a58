using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;
using CocoonOrleans.Inference.Models.Rotary;
using CocoonOrleans.Inference.Models.Vocabularies;

namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Writes a model as a GGUF file with the keys and names that llama.cpp reads, so that whoever serves it can hold it against llama.cpp. What llama.cpp would
/// compute otherwise is refused by name.
/// </summary>
public static class GgufExport
{
    // llama.cpp's enum llama_ftype.
    private static readonly Dictionary<GgufTensorType, int> FileTypes = new()
    {
        [GgufTensorType.F32] = 0,
        [GgufTensorType.F16] = 1,
        [GgufTensorType.Q4_0] = 2,
        [GgufTensorType.Q8_0] = 7,
        [GgufTensorType.BF16] = 32,
    };

    /// <summary>The types in which matrices can be stored.</summary>
    public static IReadOnlyCollection<GgufTensorType> Types => FileTypes.Keys;

    /// <summary>Writes the file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="type">How matrices are stored, one of <see cref="Types"/>. Norms and biases are always float32, and so are matrices whose rows are no whole blocks.</param>
    /// <param name="stream">Where to; written forward only.</param>
    /// <param name="cancellationToken">Gives up between two chunks of a mebibyte.</param>
    /// <returns>What the file can't say of the tokenizer; null where it says all.</returns>
    /// <exception cref="ModelFormatException">Weights are missing or too large for the type, or llama.cpp would compute something else.</exception>
    public static string? Write(ModelFolder model, GgufTensorType type, Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfEqual(FileTypes.ContainsKey(type), false, nameof(type));
        var architecture = model.Shape is EncoderConfig ? EncoderFamily.GgufArchitecture : ModelFamily.Of(model.Config).GgufArchitecture;
        var file = new GgufFileWriter();
        file.Add(IGgufModel.Architecture, architecture);
        file.Add("general.file_type", FileTypes[type]);
        var keys = new GgufKeyWriter(file, architecture);
        if (model.Pooling is { } pooling)
        {
            keys.Add(GgufPooling.Key, GgufPooling.NumberOf(pooling));
        }

        var unsaid = GgufVocabularyWriter.Add(file, model, model.Shape.VocabularySize);
        if (model.Shape is EncoderConfig encoder)
        {
            AddShape(encoder, file, keys);
            AddWeights(model, encoder, type, file);
        }
        else
        {
            var (config, family) = (model.Config, ModelFamily.Of(model.Config));
            AddShape(config, family, keys);
            AddDivisors(config, family, file);
            AddWeights(model, family, type, file);
        }

        file.Write(stream, cancellationToken);
        return unsaid;
    }

    private static void AddShape(EncoderConfig config, GgufFileWriter file, GgufKeyWriter keys)
    {
        keys.Add("context_length", config.ContextTokens);
        keys.Add("embedding_length", config.HiddenSize);
        keys.Add("block_count", config.Layers);
        keys.Add("feed_forward_length", config.IntermediateSize);
        keys.Add("attention.head_count", config.Heads);
        keys.Add("attention.layer_norm_epsilon", config.NormEpsilon);
        keys.Add("attention.causal", false);
        file.Add(VocabularyKeys.TokenTypeCount, config.TokenTypes);
    }

    private static void AddWeights(ModelFolder model, EncoderConfig config, GgufTensorType type, GgufFileWriter file)
    {
        var names = EncoderNames.Of(config, model.Weights);
        var left = model.Weights.Keys.Where(name => !names.IsBeside(name)).ToHashSet();
        foreach (var (gguf, other) in GgufEncoderNames.All(config))
        {
            var tensor = model.Weights.GetValueOrDefault(names.Prefix + other) ?? throw new ModelFormatException("weights", names.Prefix + other, "is missing");
            left.Remove(tensor.Name);

            // The rows of padding are no positions.
            var skipped = gguf == GgufEncoderNames.Positions ? config.FirstPosition : 0;
            var (shape, values) = skipped == 0 ? (tensor.Shape, tensor.Values) : ([tensor.Shape[0] - skipped, config.HiddenSize], tensor.Values[(skipped * config.HiddenSize)..]);

            // llama.cpp adds the embedding of token types to others in float32.
            var fits = shape.Count == 2 && shape[1] % type.BlockElements() == 0 && gguf is not (GgufEncoderNames.TokenTypes or GgufEncoderNames.Positions);
            file.Add(new WeightTensor(gguf, shape, values), fits ? type : GgufTensorType.F32);
        }

        if (left.FirstOrDefault() is { } unknown)
        {
            throw new ModelFormatException("weights", unknown, $"is no tensor of a {config.Architecture}");
        }
    }

    private static void AddShape(DecoderConfig config, ModelFamily family, GgufKeyWriter keys)
    {
        keys.Add("context_length", family.GgufContext(config));
        keys.Add("embedding_length", config.HiddenSize);
        keys.Add("block_count", config.Layers);
        keys.Add("feed_forward_length", config.IntermediateSize);
        keys.Add("attention.head_count", config.Heads);
        keys.Add("attention.head_count_kv", config.KeyValueHeads);
        keys.Add("attention.key_length", config.HeadSize);
        keys.Add("attention.value_length", config.HeadSize);
        keys.Add("attention.layer_norm_rms_epsilon", config.NormEpsilon);
        keys.Add("vocab_size", config.VocabularySize);
        keys.Add("rope.dimension_count", config.RotarySize);
        keys.Add("rope.freq_base", config.Rotary.Base);
        AddScaling(config.Rotary.Scaling, keys);
        family.Write(keys, config);
    }

    private static void AddScaling(RotaryScaling? scaling, GgufKeyWriter keys)
    {
        switch (scaling)
        {
            case LinearScaling linear:
                keys.Add("rope.scaling.type", "linear");
                keys.Add("rope.scaling.factor", linear.Factor);
                break;
            case YarnScaling yarn:
                keys.Add("rope.scaling.type", "yarn");
                keys.Add("rope.scaling.factor", yarn.Factor);
                keys.Add("rope.scaling.original_context_length", yarn.OriginalContextTokens);
                GgufKeyWriter.Require(
                    "rope_scaling.beta_fast", (yarn.FastTurns, yarn.SlowTurns) == (YarnScaling.UsualFastTurns, YarnScaling.UsualSlowTurns), "llama.cpp computes with 32 and 1 turns");
                if (yarn.Magnitude is { } magnitude)
                {
                    keys.Add("rope.scaling.attn_factor", magnitude / yarn.UsualMagnitude);
                }

                break;
            case LongRopeScaling longRope:
                keys.Add("rope.scaling.type", "longrope");
                keys.Add("rope.scaling.original_context_length", longRope.OriginalContextTokens);
                keys.Add("rope.scaling.attn_factor", longRope.Magnitude);
                break;
        }
    }

    private static void AddDivisors(DecoderConfig config, ModelFamily family, GgufFileWriter file)
    {
        switch (config.Rotary.Scaling)
        {
            case LongRopeScaling longRope:
                GgufKeyWriter.Require("rope_scaling", family is Phi3Family or LlamaFamily, "llama.cpp computes longrope for Phi-3 and Llama only");
                Add(GgufRotary.LongDivisors, longRope.Long);
                Add(GgufRotary.ShortDivisors, longRope.Short);
                break;
            case Llama3Scaling or FrequencyDivisors:
                GgufKeyWriter.Require("rope_scaling", family.PairsSideBySide, "llama.cpp computes llama3 for Llama only");
                var plain = (config.Rotary with { Scaling = null }).For(config.RotarySize, config.ContextTokens).Frequencies;
                var scaled = config.Rotary.For(config.RotarySize, config.ContextTokens).Frequencies;
                Add(GgufRotary.Divisors, [.. plain.Zip(scaled, (from, to) => from / to)]);
                break;
        }

        void Add(string name, IReadOnlyList<double> divisors)
            => file.Add(new WeightTensor(name, [divisors.Count], [.. divisors.Select(divisor => (float)divisor)]), GgufTensorType.F32);
    }

    private static void AddWeights(ModelFolder model, ModelFamily family, GgufTensorType type, GgufFileWriter file)
    {
        var config = model.Config;
        var names = new GgufTensorNames(config);
        var left = model.Weights.Keys.Where(name => !config.MayLeave(name)).ToHashSet();
        foreach (var (gguf, other) in names.All(config))
        {
            var tensor = model.Weights.GetValueOrDefault(other) ?? throw new ModelFormatException("weights", other, "is missing");
            left.Remove(other);
            var fits = tensor.Shape.Count == 2 && tensor.Shape[1] % type.BlockElements() == 0;
            file.Add(new WeightTensor(gguf, tensor.Shape, Values(config, family, gguf, tensor)), fits ? type : GgufTensorType.F32);
        }

        if (left.FirstOrDefault() is { } unknown)
        {
            throw new ModelFormatException("weights", unknown, $"is no tensor of a {config.Architecture}");
        }
    }

    private static float[] Values(DecoderConfig config, ModelFamily family, string gguf, WeightTensor tensor)
    {
        if (config.NormOffset != 0 && gguf.EndsWith("norm.weight", StringComparison.Ordinal))
        {
            return [.. tensor.Values.Select(value => (float)(value + config.NormOffset))];
        }

        var heads = !family.PairsSideBySide ? 0
            : gguf.EndsWith(".attn_q.weight", StringComparison.Ordinal) ? config.Heads
            : gguf.EndsWith(".attn_k.weight", StringComparison.Ordinal) ? config.KeyValueHeads
            : 0;
        return heads == 0 ? tensor.Values
            : tensor.Shape.Count == 2 && tensor.Shape[0] == heads * config.HeadSize ? RotaryPairs.SideBySide(tensor, config.HeadSize)
            : throw new ModelFormatException("weights", tensor.Name, $"has the shape [{string.Join(", ", tensor.Shape)}], but the model's configuration asks for {heads * config.HeadSize} rows");
    }
}
