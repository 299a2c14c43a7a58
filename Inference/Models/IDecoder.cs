namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Computes logits for several sequences in one pass over the weights. Keys and values lie in blocks of <see cref="BlockTokens"/> positions that the
/// caller gives out; which block belongs to whom only the batch says. Belongs to one thread.
/// </summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Positions in a block of the key-value cache.</summary>
    const int BlockTokens = 16;

    /// <summary>Number of logits for each row.</summary>
    int VocabularySize { get; }

    /// <summary>Highest number of positions of a sequence.</summary>
    int ContextTokens { get; }

    /// <summary>Number of blocks; their names are 0 and up.</summary>
    int Blocks { get; }

    /// <summary>Stores keys and values of the batch's rows in their blocks and computes the logits that it asks for. Computing the same again changes nothing.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="logits">Receives <see cref="StepBatch.LogitRows"/> rows of <see cref="VocabularySize"/> numbers, in the order of the batch.</param>
    void Compute(StepBatch batch, Span<float> logits);

    /// <summary>Writes zeros over a block: nothing of whoever had it stays in memory.</summary>
    void Clear(int block);
}
