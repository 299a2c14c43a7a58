using CocoonOrleans.Inference.Engines;

namespace CocoonOrleans.Inference.Sampling;

/// <summary>
/// Log-probabilities of raw logits: log-softmax in double precision. Keeps a copy of the logits, because the sampler changes them before the token is
/// known. Scratch memory is its own, so an instance belongs to one thread.
/// </summary>
internal sealed class LogprobScale(int vocabularySize)
{
    private readonly float[] _logits = new float[vocabularySize];
    private double _logSum;

    /// <summary>Takes the logits of a step.</summary>
    public void Read(ReadOnlySpan<float> logits)
    {
        logits.CopyTo(_logits);
        var highest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            highest = Math.Max(highest, logit);
        }

        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp((double)logit - highest);
        }

        _logSum = highest + Math.Log(sum);
    }

    /// <summary>The log-probability of a token and those of the likeliest ones.</summary>
    public TokenLogprobs Of(int id, int top)
    {
        Span<ulong> best = stackalloc ulong[Math.Min(top, _logits.Length)];
        var found = 0;
        for (var other = 0; other < _logits.Length && best.Length > 0; other++)
        {
            var rank = LogitRank.Of(_logits[other], other);
            if (found < best.Length)
            {
                Insert(best[..++found], rank);
            }
            else if (rank < best[^1])
            {
                Insert(best, rank);
            }
        }

        var likeliest = new TokenLogprob[best.Length];
        for (var i = 0; i < best.Length; i++)
        {
            var other = LogitRank.Id(best[i]);
            likeliest[i] = new TokenLogprob(other, _logits[other] - _logSum);
        }

        return new TokenLogprobs(_logits[id] - _logSum, likeliest);
    }

    /// <summary>Puts a rank into its place; the last one falls out.</summary>
    private static void Insert(Span<ulong> ranks, ulong rank)
    {
        var at = ranks.Length - 1;
        for (; at > 0 && ranks[at - 1] > rank; at--)
        {
            ranks[at] = ranks[at - 1];
        }

        ranks[at] = rank;
    }
}
