namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>
/// Reads rotary positions out of config.json: <c>rope_theta</c> and <c>rope_scaling</c>, or <c>rope_parameters</c> as newer files have it, where each kind
/// of layer may have parameters of its own.
/// </summary>
internal static class RotaryFields
{
    private const double UsualBase = 10_000;
    private const double LargestFactor = 1_000_000;
    private const int LargestContext = 16_777_216;
    private const string Parameters = "rope_parameters";
    private const string Scaling = "rope_scaling";
    private const string PartialFactor = "partial_rotary_factor";

    // Members that say something else than how to scale.
    private static readonly string[] Always = ["rope_type", "type", "rope_theta", PartialFactor];

    /// <summary>How many numbers of a head turn.</summary>
    /// <param name="fields">The file.</param>
    /// <param name="head">The head's size.</param>
    /// <param name="partial">Whether the family may leave some of them as they are.</param>
    public static int Size(ConfigFields fields, int head, bool partial)
    {
        var place = fields.Inside(Parameters) is { } parameters && parameters.Has(PartialFactor) ? parameters : fields;
        var factor = place.Number(PartialFactor, 0, 1, 1);
        if (factor == 1)
        {
            return head;
        }

        var size = (int)(head * factor);
        return partial && size >= 2 && size % 2 == 0
            ? size
            : throw place.Bad(PartialFactor, partial ? $"{size} of {head} numbers are no pairs" : "only 1 is supported");
    }

    /// <summary>The positions of a model whose layers all have the same.</summary>
    /// <param name="fields">The file.</param>
    /// <param name="size">How many numbers of a head turn.</param>
    /// <param name="contextTokens">The model's context.</param>
    public static RotaryPositions Read(ConfigFields fields, int size, int contextTokens)
        => fields.Inside(Parameters) is { } parameters
            ? ReadParameters(parameters, fields, size, contextTokens)
            : new RotaryPositions(Base(fields, UsualBase), fields.Inside(Scaling) is { } scaling ? ReadScaling(scaling, fields, size, contextTokens) : null);

    /// <summary>The positions of Gemma 3: those of layers that see everything, and those of layers with a window, which are never scaled.</summary>
    /// <param name="fields">The file.</param>
    /// <param name="size">How many numbers of a head turn.</param>
    /// <param name="contextTokens">The model's context.</param>
    public static (RotaryPositions Whole, RotaryPositions Window) ReadBoth(ConfigFields fields, int size, int contextTokens)
    {
        const double WholeBase = 1_000_000;
        if (fields.Inside(Parameters) is { } parameters && parameters.Has("full_attention"))
        {
            parameters.AllowOnly("full_attention", "sliding_attention");
            var window = parameters.Inside("sliding_attention") ?? throw parameters.Bad("sliding_attention", "is missing");
            return (ReadParameters(parameters.Inside("full_attention")!, fields, size, contextTokens), ReadParameters(window, fields, size, contextTokens));
        }

        fields.RefuseAny(Parameters);
        return (
            new RotaryPositions(Base(fields, WholeBase), fields.Inside(Scaling) is { } scaling ? ReadScaling(scaling, fields, size, contextTokens) : null),
            new RotaryPositions(fields.Number("rope_local_base_freq", 1, 1e12, UsualBase)));
    }

    private static RotaryPositions ReadParameters(ConfigFields parameters, ConfigFields file, int size, int contextTokens)
        => new(Base(parameters, fallback: null), ReadScaling(parameters, file, size, contextTokens));

    private static double Base(ConfigFields fields, double? fallback) => fields.Number("rope_theta", 1, 1e12, fallback);

    private static RotaryScaling? ReadScaling(ConfigFields fields, ConfigFields file, int size, int contextTokens)
    {
        var field = fields.Has("rope_type") ? "rope_type" : "type";
        var type = fields.Text(field) ?? "default";
        switch (type)
        {
            case "default":
                fields.AllowOnly(Always);
                return null;
            case "linear":
                fields.AllowOnly([.. Always, "factor"]);
                return new LinearScaling(Factor(fields));
            case "llama3":
                fields.AllowOnly([.. Always, "factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"]);
                return ReadLlama3(fields);
            case "yarn":
                fields.AllowOnly([.. Always, "factor", "original_max_position_embeddings", "beta_fast", "beta_slow", "attention_factor", "truncate"]);
                return ReadYarn(fields, file, contextTokens);
            case "longrope" or "su":
                fields.AllowOnly([.. Always, "short_factor", "long_factor", "original_max_position_embeddings", "attention_factor"]);
                return ReadLong(fields, file, size, contextTokens);
            default:
                throw fields.Bad(field, $"{type} is not supported; default, linear, llama3, yarn and longrope are");
        }
    }

    private static double Factor(ConfigFields fields) => fields.Number("factor", 1, LargestFactor, null);

    private static Llama3Scaling ReadLlama3(ConfigFields fields)
    {
        var low = fields.Number("low_freq_factor", 1e-3, LargestFactor, null);
        var high = fields.Number("high_freq_factor", 1e-3, LargestFactor, null);
        return high > low
            ? new Llama3Scaling(Factor(fields), low, high, fields.Integer("original_max_position_embeddings", 2, LargestContext))
            : throw fields.Bad("high_freq_factor", $"must be more than low_freq_factor, {low}");
    }

    private static YarnScaling ReadYarn(ConfigFields fields, ConfigFields file, int contextTokens)
    {
        fields.RefuseUnless("truncate", true);
        var rotaryBase = Base(fields.Has("rope_theta") ? fields : file, UsualBase);
        return rotaryBase > 1
            ? new YarnScaling(
                Factor(fields),
                Original(fields, file, contextTokens),
                fields.Number("beta_fast", 1e-3, LargestFactor, YarnScaling.UsualFastTurns),
                fields.Number("beta_slow", 1e-3, LargestFactor, YarnScaling.UsualSlowTurns),
                fields.NumberOrNothing("attention_factor", 1e-3, LargestFactor))
            : throw fields.Bad("rope_theta", "must be more than 1 for yarn");
    }

    private static LongRopeScaling ReadLong(ConfigFields fields, ConfigFields file, int size, int contextTokens)
    {
        var original = Original(fields, file, fallback: null);
        return new LongRopeScaling(
            fields.Numbers("short_factor", size / 2, 1e-3, LargestFactor),
            fields.Numbers("long_factor", size / 2, 1e-3, LargestFactor),
            original,
            fields.NumberOrNothing("attention_factor", 1e-3, LargestFactor) ?? LongRopeScaling.UsualMagnitude(contextTokens, original));
    }

    private static int Original(ConfigFields fields, ConfigFields file, int? fallback)
        => (fields.Has("original_max_position_embeddings") ? fields : file).Integer("original_max_position_embeddings", 2, LargestContext, fallback);
}
