using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models.Families;

namespace CocoonOrleans.Inference.Models.Rotary;

/// <summary>The rotary positions of a GGUF file: keys, and tensors of divisors that stand among the weights.</summary>
internal sealed class GgufRotary(GgufKeys keys, string file)
{
    /// <summary>Divisors that hold everywhere.</summary>
    public const string Divisors = "rope_freqs.weight";

    /// <summary>Divisors beyond the original context.</summary>
    public const string LongDivisors = "rope_factors_long.weight";

    /// <summary>Divisors within it.</summary>
    public const string ShortDivisors = "rope_factors_short.weight";

    private const double LargestFactor = 1_000_000;

    private readonly Dictionary<string, IReadOnlyList<double>> _divisors = [];

    /// <summary>Keeps a tensor of divisors.</summary>
    /// <returns>Whether it was one.</returns>
    /// <exception cref="ModelFormatException">It holds something else than positive numbers.</exception>
    public bool TryTake(WeightTensor tensor)
    {
        if (tensor.Name is not (Divisors or LongDivisors or ShortDivisors))
        {
            return false;
        }

        _divisors[tensor.Name] = tensor.Values.All(value => value is > 0 and < (float)LargestFactor)
            ? [.. tensor.Values.Select(value => (double)value)]
            : throw new ModelFormatException(file, tensor.Name, "must hold positive numbers");
        return true;
    }

    /// <summary>What scales the positions, once all tensors were seen.</summary>
    /// <param name="size">How many numbers of a head turn.</param>
    /// <param name="contextTokens">The model's context.</param>
    /// <exception cref="ModelFormatException">The keys contradict each other or the tensors, or ask for what is not computed.</exception>
    public RotaryScaling? Scaling(int size, int contextTokens)
    {
        keys.RefuseAny("rope.scale_linear", "rope.scaling.alpha", "rope.scaling.yarn_ext_factor", "rope.scaling.yarn_attn_factor", "rope.scaling.yarn_log_multiplier");
        foreach (var (name, divisors) in _divisors)
        {
            if (divisors.Count != size / 2)
            {
                throw new ModelFormatException(file, name, $"has {divisors.Count} numbers, but {size} turning numbers of a head have {size / 2} pairs");
            }
        }

        var type = keys.Text("rope.scaling.type") ?? "linear";
        var factor = keys.Number("rope.scaling.factor", 0, LargestFactor, 1);
        var original = keys.Integer("rope.scaling.original_context_length", 2, 16_777_216, contextTokens);
        var magnitude = keys.Number("rope.scaling.attn_factor", 0, LargestFactor, 1);
        switch (type)
        {
            case "yarn" when _divisors.Count == 0:
                return new YarnScaling(
                    factor,
                    original,
                    keys.Number("rope.scaling.yarn_beta_fast", 0, LargestFactor, YarnScaling.UsualFastTurns),
                    keys.Number("rope.scaling.yarn_beta_slow", 0, LargestFactor, YarnScaling.UsualSlowTurns),
                    magnitude == 1 ? null : magnitude * (1 + 0.1 * Math.Log(factor)));
            case "none" or "linear" or "longrope" when _divisors.ContainsKey(LongDivisors) || _divisors.ContainsKey(ShortDivisors):
                keys.Require("rope.scaling.factor", factor == 1, $"must be 1 beside {LongDivisors}");
                return new LongRopeScaling(Take(ShortDivisors), Take(LongDivisors), original, magnitude);
            case "none" or "linear":
                keys.Require("rope.scaling.attn_factor", magnitude == 1, "must be 1 for this kind of scaling");
                keys.Require("rope.scaling.factor", factor == 1 || !_divisors.ContainsKey(Divisors), $"must be 1 beside {Divisors}");
                return _divisors.TryGetValue(Divisors, out var divisors) ? new FrequencyDivisors(divisors)
                    : type == "linear" && factor != 1 ? new LinearScaling(factor)
                    : null;
            default:
                throw keys.Bad("rope.scaling.type", $"{type} is not supported with the tensors of this file; none, linear, yarn and longrope with its divisors are");
        }
    }

    private IReadOnlyList<double> Take(string name)
        => _divisors.GetValueOrDefault(name) ?? throw new ModelFormatException(file, name, "is missing");
}
