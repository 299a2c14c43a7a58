using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>
/// What a request adds to and takes off the logits of one answer: the bias of single tokens, then the penalties for tokens that are there already.
/// Keeps count of the answer's tokens only where a penalty needs it. For one thread.
/// </summary>
public sealed class LogitAdjustment
{
    private readonly SamplingOptions _options;
    private readonly (int Id, float Bias)[] _bias;

    /// <summary>How often the answer holds each id; ids of the prompt are there with 0.</summary>
    private readonly Dictionary<int, int> _counts = [];

    /// <summary>Begins an answer.</summary>
    /// <param name="options">Options that passed <see cref="SamplingRules"/>.</param>
    /// <param name="promptIds">The prompt, for the repetition penalty.</param>
    public LogitAdjustment(SamplingOptions options, ReadOnlySpan<int> promptIds)
    {
        _options = options;
        _bias = [.. options.LogitBias.Select(bias => (bias.Key, (float)bias.Value))];
        if (options.RepetitionPenalty != 1)
        {
            foreach (var id in promptIds)
            {
                _counts.TryAdd(id, 0);
            }
        }
    }

    private bool HasPenalties => _options.PresencePenalty != 0 || _options.FrequencyPenalty != 0 || _options.RepetitionPenalty != 1;

    /// <summary>Counts a token of the answer.</summary>
    public void Add(int id)
    {
        if (HasPenalties)
        {
            _counts[id] = _counts.GetValueOrDefault(id) + 1;
        }
    }

    /// <summary>
    /// Changes the logits. Presence and frequency penalties are as the OpenAI API reference has them:
    /// <c>logit - count x frequency - (count above 0) x presence</c>.
    /// </summary>
    public void Apply(Span<float> logits)
    {
        foreach (var (id, bias) in _bias)
        {
            logits[id] += bias;
        }

        if (!HasPenalties)
        {
            return;
        }

        var repetition = (float)_options.RepetitionPenalty;
        foreach (var (id, count) in _counts)
        {
            var logit = logits[id] > 0 ? logits[id] / repetition : logits[id] * repetition;
            logits[id] = count == 0 ? logit : logit - (float)(_options.PresencePenalty + count * _options.FrequencyPenalty);
        }
    }
}
