using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>
/// Chooses the next token from logits. The order is fixed: presence and frequency penalties, temperature, top-k, top-p, min-p, draw. Each cut works on
/// what the one before left, with probabilities that sum to 1 again. Equal logits are ordered by id, the lowest first. Scratch memory is its own,
/// so an instance belongs to one thread.
/// </summary>
public sealed class TokenSampler(int vocabularySize)
{
    private readonly ulong[] _order = new ulong[vocabularySize];
    private readonly double[] _weights = new double[vocabularySize];

    /// <summary>Chooses one token.</summary>
    /// <param name="logits">One number for each id. Changed by the penalties.</param>
    /// <param name="options">How to choose.</param>
    /// <param name="answer">How often the answer so far holds each id, for the penalties.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <param name="position">Position of the new token, counted from the prompt's first token.</param>
    /// <returns>The id, or -1 where the logits hold a NaN or a positive infinity, or nothing but negative infinities: then the model's answer means nothing.</returns>
    public int Sample(Span<float> logits, SamplingOptions options, TokenCounts answer, long seed, int position)
    {
        answer.Penalize(logits, options);
        var best = Best(logits);
        return best < 0 || options.Temperature == 0 ? best : Draw(logits, options, logits[best], Philox.Draw(seed, position));
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
            _weights[id] = Rank(logits[id], id) <= last && _weights[id] >= options.MinP ? _weights[id] : 0;
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
                _order[count++] = Rank(logits[id], id);
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
            reached += _weights[Id(rank)];
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
            sum += _weights[Id(rank)];
        }

        return sum;
    }

    /// <summary>Orders tokens: the highest logit first, the lowest id first among equals. The upper half is the logit's bits, turned so that they sort as a number.</summary>
    private static ulong Rank(float logit, int id)
    {
        // Adding 0 makes -0 into 0, which is equal and must rank the same.
        var bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        var ascending = (bits & 0x8000_0000) != 0 ? ~bits : bits | 0x8000_0000;
        return ((ulong)~ascending << 32) | (uint)id;
    }

    private static int Id(ulong rank) => (int)(rank & uint.MaxValue);

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
