using CocoonOrleans.Inference.Models;

namespace CocoonOrleans.Tests.Inference.Models;

/// <summary>One sequence in a decoder's cache, in blocks from a given one on, with a stride so that they don't lie side by side.</summary>
internal sealed class StoredSequence(IDecoder decoder, int firstBlock = 0, int stride = 1)
{
    public BlockTable Blocks { get; } = new();

    public int Length { get; private set; }

    /// <summary>Computes more tokens and gives the logits after the last one.</summary>
    public float[] Append(params ReadOnlySpan<int> ids) => AppendAll(ids, 1);

    /// <summary>Computes more tokens and gives the logits after each of the last ones.</summary>
    public float[] AppendAll(ReadOnlySpan<int> ids, int logitRows)
    {
        var batch = new StepBatch(ids.Length);
        AddTo(batch, ids, logitRows);
        var logits = new float[logitRows * decoder.VocabularySize];
        decoder.Compute(batch, logits);
        return logits;
    }

    /// <summary>Adds more tokens to a batch.</summary>
    public void AddTo(StepBatch batch, ReadOnlySpan<int> ids, int logitRows = 1)
    {
        while (Blocks.Capacity < Length + ids.Length)
        {
            Blocks.Add(firstBlock + Blocks.Count * stride);
        }

        batch.Add(ids, Length, Blocks, logitRows);
        Length += ids.Length;
    }
}
