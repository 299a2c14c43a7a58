namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Computes several sequences in one pass over the weights. Keys and values lie in blocks of <see cref="IDecoder.BlockTokens"/> positions that the
/// caller gives out; which block belongs to whom only the batch says. Belongs to one thread.
/// </summary>
internal interface ITransformer : IDisposable
{
    /// <summary>Number of token ids.</summary>
    int VocabularySize { get; }

    /// <summary>Numbers of a row that comes out: a logit for each id, or the state of which vectors are made.</summary>
    int RowSize { get; }

    /// <summary>Highest number of positions of a sequence.</summary>
    int ContextTokens { get; }

    /// <summary>Number of blocks; their names are 0 and up.</summary>
    int Blocks { get; }

    /// <summary>Whether a token sees those before it only, so that a sequence can come in pieces. Otherwise a batch holds whole sequences.</summary>
    bool IsCausal { get; }

    /// <summary>Computes a batch, or a part of the work: then it is to be called again with the same batch, or <see cref="Abandon"/>.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="rows">Receives, at the end, <see cref="StepBatch.LogitRows"/> rows of <see cref="RowSize"/> numbers, in the order of the batch.</param>
    /// <returns>Whether all is done.</returns>
    bool Continue(StepBatch batch, Span<float> rows);

    /// <summary>Forgets a batch of which a part is done.</summary>
    void Abandon();

    /// <summary>Writes zeros over a block: nothing of whoever had it stays in memory.</summary>
    void Clear(int block);
}
