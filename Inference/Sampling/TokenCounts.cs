using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>How often an answer holds each token, for the presence and frequency penalties.</summary>
public sealed class TokenCounts
{
    private readonly Dictionary<int, int> _counts = [];

    /// <summary>Counts a token of the answer.</summary>
    public void Add(int id) => _counts[id] = _counts.GetValueOrDefault(id) + 1;

    /// <summary>Takes the penalties off the logits, as the OpenAI API reference has it: <c>logit - count x frequency - (count above 0) x presence</c>.</summary>
    public void Penalize(Span<float> logits, SamplingOptions options)
    {
        if (options.PresencePenalty == 0 && options.FrequencyPenalty == 0)
        {
            return;
        }

        foreach (var (id, count) in _counts)
        {
            logits[id] -= (float)(options.PresencePenalty + count * options.FrequencyPenalty);
        }
    }
}
