using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Tests.Inference.Sampling;

/// <summary>The sampler's definition, step by step and without any shortcut.</summary>
internal static class ReferenceSampler
{
    /// <summary>The tokens that may be drawn and their probabilities.</summary>
    public static Dictionary<int, double> Distribution(float[] logits, SamplingOptions options, int[] prompt, int[] answer, Func<int, bool> allows)
    {
        var adjusted = Enumerable.Range(0, logits.Length).Where(allows).ToDictionary(id => id, id => Adjust(id, logits[id], options, prompt, answer));
        var ranked = adjusted.Keys.OrderByDescending(id => adjusted[id]).ThenBy(id => id).ToList();
        if (options.Temperature == 0)
        {
            return new() { [ranked[0]] = 1 };
        }

        var left = Normalize(ranked.ToDictionary(id => id, id => Math.Exp(((double)adjusted[id] - adjusted[ranked[0]]) / options.Temperature)));
        if (options.TopK > 0)
        {
            left = Normalize(ranked.Take(options.TopK).ToDictionary(id => id, id => left[id]));
        }

        var nucleus = new Dictionary<int, double>();
        foreach (var id in ranked.Where(left.ContainsKey))
        {
            if (nucleus.Values.Sum() < options.TopP)
            {
                nucleus.Add(id, left[id]);
            }
        }

        left = Normalize(options.TopP < 1 ? nucleus : left);
        return Normalize(left.Where(token => token.Value >= options.MinP * left.Values.Max()).ToDictionary());
    }

    /// <summary>The natural logarithms of the probabilities that the raw logits mean.</summary>
    public static double[] Logprobs(float[] logits)
    {
        var sum = logits.Sum(logit => Math.Exp((double)logit));
        return [.. logits.Select(logit => Math.Log(Math.Exp((double)logit) / sum))];
    }

    private static float Adjust(int id, float logit, SamplingOptions options, int[] prompt, int[] answer)
    {
        var value = logit + (float)options.LogitBias.GetValueOrDefault(id);
        if (prompt.Contains(id) || answer.Contains(id))
        {
            value = value > 0 ? value / (float)options.RepetitionPenalty : value * (float)options.RepetitionPenalty;
        }

        var count = answer.Count(other => other == id);
        return value - (float)(count * options.FrequencyPenalty + (count > 0 ? options.PresencePenalty : 0));
    }

    private static Dictionary<int, double> Normalize(Dictionary<int, double> weights)
    {
        var sum = weights.Values.Sum();
        return weights.ToDictionary(token => token.Key, token => token.Value / sum);
    }
}
