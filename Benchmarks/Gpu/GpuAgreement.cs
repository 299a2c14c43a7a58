using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Benchmarks.Gpu;

/// <summary>How far our kernels' logits are from another decoder's, for the same tokens.</summary>
/// <param name="Reference">The other one.</param>
/// <param name="LargestLogitDifference">The most that a logit differs.</param>
/// <param name="Divergence">Mean of KL(reference || ours) over all positions, in nats.</param>
/// <param name="SameBest">Part of the positions with the same best token.</param>
/// <param name="Positions">How many were looked at.</param>
public sealed record GpuAgreement(string Reference, double LargestLogitDifference, double Divergence, double SameBest, int Positions)
{
    /// <summary>Compares rows of logits.</summary>
    internal static GpuAgreement Between(string name, ReadOnlySpan<float> reference, ReadOnlySpan<float> ours, int vocabularySize)
    {
        var (largest, divergence, same, positions) = (0d, 0d, 0, reference.Length / vocabularySize);
        for (var position = 0; position < positions; position++)
        {
            var left = reference.Slice(position * vocabularySize, vocabularySize);
            var right = ours.Slice(position * vocabularySize, vocabularySize);
            var (logLeft, logRight) = (LogTotal(left), LogTotal(right));
            var (bestLeft, bestRight) = (0, 0);
            for (var i = 0; i < vocabularySize; i++)
            {
                largest = Math.Max(largest, Math.Abs((double)left[i] - right[i]));
                divergence += Math.Exp(left[i] - logLeft) * (left[i] - logLeft - (right[i] - logRight));
                bestLeft = left[i] > left[bestLeft] ? i : bestLeft;
                bestRight = right[i] > right[bestRight] ? i : bestRight;
            }

            same += bestLeft == bestRight ? 1 : 0;
        }

        return new GpuAgreement(name, largest, divergence / positions, (double)same / positions, positions);
    }

    /// <summary>The logits of all positions of one sequence.</summary>
    internal static float[] LogitsOf(IDecoder decoder, int[] ids)
    {
        var blocks = new BlockTable();
        for (var block = 0; block * IDecoder.BlockTokens < ids.Length; block++)
        {
            blocks.Add(block);
        }

        var batch = new StepBatch(ids.Length);
        batch.Add(ids, 0, blocks, ids.Length);
        var logits = new float[ids.Length * decoder.VocabularySize];
        decoder.Compute(batch, logits);
        return logits;
    }

    private static double LogTotal(ReadOnlySpan<float> logits)
    {
        var largest = double.NegativeInfinity;
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var total = 0d;
        foreach (var logit in logits)
        {
            total += Math.Exp(logit - largest);
        }

        return largest + Math.Log(total);
    }
}
