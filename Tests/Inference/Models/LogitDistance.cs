using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Tests.Inference.Models;

/// <summary>How far one decoder's logits are from another's.</summary>
/// <param name="Divergence">Mean of KL(reference || other) over all positions, in nats.</param>
/// <param name="WorstDivergence">The largest.</param>
/// <param name="Logprob">Mean difference of the log-probabilities of the tokens that really follow: what an audit looks at.</param>
/// <param name="WorstLogprob">The largest.</param>
/// <param name="SameBest">Part of the positions with the same best token.</param>
/// <param name="Positions">How many were looked at.</param>
internal sealed record LogitDistance(double Divergence, double WorstDivergence, double Logprob, double WorstLogprob, double SameBest, int Positions)
{
    /// <summary>Computes some texts with both.</summary>
    public static LogitDistance Between(IDecoder reference, IDecoder other, IReadOnlyList<int[]> texts)
    {
        var (divergences, logprobs, same) = (new List<double>(), new List<double>(), 0);
        foreach (var ids in texts)
        {
            var expected = new StoredSequence(reference).AppendAll(ids, ids.Length);
            var actual = new StoredSequence(other).AppendAll(ids, ids.Length);
            for (var i = 0; i < ids.Length; i++)
            {
                var p = LogProbabilities(expected.AsSpan(i * reference.VocabularySize, reference.VocabularySize));
                var q = LogProbabilities(actual.AsSpan(i * reference.VocabularySize, reference.VocabularySize));
                divergences.Add(p.Zip(q, (left, right) => Math.Exp(left) * (left - right)).Sum());
                same += Array.IndexOf(p, p.Max()) == Array.IndexOf(q, q.Max()) ? 1 : 0;
                if (i + 1 < ids.Length)
                {
                    logprobs.Add(Math.Abs(p[ids[i + 1]] - q[ids[i + 1]]));
                }
            }
        }

        return new LogitDistance(divergences.Average(), divergences.Max(), logprobs.Average(), logprobs.Max(), (double)same / divergences.Count, divergences.Count);
    }

    public override string ToString()
        => $"KL mean {Divergence:E2}, worst {WorstDivergence:E2}; log-probability mean {Logprob:E2}, worst {WorstLogprob:E2}; same best token {100 * SameBest:F2} % of {Positions} positions";

    private static double[] LogProbabilities(ReadOnlySpan<float> logits)
    {
        var values = logits.ToArray();
        var largest = (double)values.Max();
        var total = Math.Log(values.Sum(value => Math.Exp(value - largest)));
        return [.. values.Select(value => value - largest - total)];
    }
}
