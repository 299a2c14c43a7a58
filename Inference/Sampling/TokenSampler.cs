using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>
/// Chooses the next token from logits. The order is fixed: logit bias, penalties, grammar mask, temperature, top-k, top-p, min-p, draw. Each cut works on
/// what the one before left, with probabilities that sum to 1 again. Equal logits are ordered by id, the lowest first. Log-probabilities are those of the
/// logits as they came. Scratch memory is its own, so an instance belongs to one thread; a step allocates only the log-probabilities that it hands out.
/// </summary>
public sealed class TokenSampler(int vocabularySize)
{
    private readonly ulong[] _order = new ulong[vocabularySize];
    private readonly double[] _weights = new double[vocabularySize];
    private LogprobScale? _logprobs;

    /// <summary>Number of token ids.</summary>
    public int VocabularySize => vocabularySize;

    /// <summary>Chooses one token.</summary>
    /// <param name="logits">One number for each id. Changed on the way.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="adjustment">Bias and penalties of the answer so far.</param>
    /// <param name="allowed">One bit for each id, the lowest first: whether the grammar allows it. Empty: all are allowed.</param>
    /// <param name="draw">From 0 up to, not including, 1: see <see cref="Philox.Draw"/>.</param>
    /// <returns>
    /// The token; its id is -1 where the logits hold a NaN or a positive infinity, or nothing but negative infinities for what is allowed: then the
    /// model's answer means nothing.
    /// </returns>
    public SampledToken Sample(Span<float> logits, SamplingOptions options, LogitAdjustment adjustment, ReadOnlySpan<ulong> allowed, double draw)
    {
        if (options.TopLogprobs is not null)
        {
            (_logprobs ??= new LogprobScale(vocabularySize)).Read(logits);
        }

        adjustment.Apply(logits);
        Mask(logits, allowed);
        var id = Best(logits);
        if (id >= 0 && options.Temperature > 0)
        {
            id = Draw(logits, options, logits[id], draw);
        }

        return new SampledToken(id, id >= 0 && options.TopLogprobs is { } top ? _logprobs!.Of(id, top) : null);
    }

    /// <summary>Another token in place of the one that <see cref="Sample"/> chose last, with its own log-probabilities.</summary>
    /// <param name="id">The token.</param>
    /// <param name="options">As they were given then.</param>
    internal SampledToken Instead(int id, SamplingOptions options) => new(id, options.TopLogprobs is { } top ? _logprobs!.Of(id, top) : null);

    private static void Mask(Span<float> logits, ReadOnlySpan<ulong> allowed)
    {
        if (allowed.IsEmpty)
        {
            return;
        }

        for (var id = 0; id < logits.Length; id++)
        {
            if ((id & 63) == 0 && allowed[id >> 6] == ulong.MaxValue)
            {
                id += 63;
                continue;
            }

            // What is no number stays, for Best to find: a broken model is not to pass for a working one.
            if ((allowed[id >> 6] >> (id & 63) & 1) == 0 && logits[id] < float.PositiveInfinity)
            {
                logits[id] = float.NegativeInfinity;
            }
        }
    }

    private int Draw(ReadOnlySpan<float> logits, SamplingOptions options, float highest, double draw)
    {
        var sum = 0.0;
        for (var id = 0; id < logits.Length; id++)
        {
            _weights[id] = Math.Exp(((double)logits[id] - highest) / options.Temperature);
            sum += _weights[id];
        }

        var last = Cut(logits, options, sum);
        // The likeliest token has weight 1 before any cut, so min-p compares with the weight itself.
        sum = 0;
        for (var id = 0; id < logits.Length; id++)
        {
            _weights[id] = LogitRank.Of(logits[id], id) <= last && _weights[id] >= options.MinP ? _weights[id] : 0;
            sum += _weights[id];
        }

        var target = draw * sum;
        var chosen = -1;
        for (var id = 0; id < logits.Length; id++)
        {
            if (_weights[id] > 0)
            {
                // Rounding may leave the target a hair above the total: then the last token that counts is it.
                chosen = id;
                target -= _weights[id];
                if (target < 0)
                {
                    break;
                }
            }
        }

        return chosen;
    }

    /// <summary>Rank of the last token that top-k and top-p keep.</summary>
    private ulong Cut(ReadOnlySpan<float> logits, SamplingOptions options, double sum)
    {
        var topK = options.TopK > 0 ? Math.Min(options.TopK, logits.Length) : logits.Length;
        if (topK == logits.Length && options.TopP >= 1)
        {
            return ulong.MaxValue;
        }

        // Tokens below this weight add up to less than what top-p drops, so sorting leaves them out. Half of it leaves room for rounding.
        var floor = topK == logits.Length ? (1 - options.TopP) * sum / logits.Length / 2 : -1;
        var count = 0;
        for (var id = 0; id < logits.Length; id++)
        {
            if (_weights[id] > floor)
            {
                _order[count++] = LogitRank.Of(logits[id], id);
            }
        }

        var order = _order.AsSpan(0, count);
        order.Sort();
        order = order[..Math.Min(topK, count)];
        if (options.TopP >= 1)
        {
            return order[^1];
        }

        var kept = topK == logits.Length ? sum : Sum(order);
        var reached = 0.0;
        foreach (var rank in order)
        {
            reached += _weights[LogitRank.Id(rank)];
            if (reached >= options.TopP * kept)
            {
                return rank;
            }
        }

        return order[^1];
    }

    private double Sum(ReadOnlySpan<ulong> order)
    {
        var sum = 0.0;
        foreach (var rank in order)
        {
            sum += _weights[LogitRank.Id(rank)];
        }

        return sum;
    }

    private static int Best(ReadOnlySpan<float> logits)
    {
        var best = -1;
        var highest = float.NegativeInfinity;
        for (var id = 0; id < logits.Length; id++)
        {
            if (float.IsNaN(logits[id]) || float.IsPositiveInfinity(logits[id]))
            {
                return -1;
            }

            if (logits[id] > highest)
            {
                (best, highest) = (id, logits[id]);
            }
        }

        return best;
    }
}
