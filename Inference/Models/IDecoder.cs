namespace CocoonOrleans.Inference.Models;

/// <summary>A transformer that generates: each token sees those before it, and all of a step is computed at once.</summary>
internal interface IDecoder : ITransformer
{
    /// <summary>Positions in a block of the key-value cache.</summary>
    const int BlockTokens = 16;

    /// <inheritdoc/>
    int ITransformer.RowSize => VocabularySize;

    /// <inheritdoc/>
    bool ITransformer.IsCausal => true;

    /// <summary>Stores keys and values of the batch's rows in their blocks and computes the rows that it asks for. Computing the same again changes nothing.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="logits">Receives <see cref="StepBatch.LogitRows"/> rows of <see cref="ITransformer.RowSize"/> numbers, in the order of the batch.</param>
    void Compute(StepBatch batch, Span<float> logits);

    /// <inheritdoc/>
    bool ITransformer.Continue(StepBatch batch, Span<float> rows)
    {
        Compute(batch, rows);
        return true;
    }

    /// <inheritdoc/>
    void ITransformer.Abandon()
    {
    }
}
