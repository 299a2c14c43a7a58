namespace CocoonOrleans.Inference.Models;

/// <summary>
/// Computes logits for several sequences. Each sequence has a slot of the key-value cache; the running ones always hold the slots from 0 up, without
/// a gap. Belongs to one thread.
/// </summary>
internal interface IDecoder : IDisposable
{
    /// <summary>Number of logits for each sequence.</summary>
    int VocabularySize { get; }

    /// <summary>Highest number of positions of a sequence.</summary>
    int ContextTokens { get; }

    /// <summary>Begins a sequence: computes all its positions in one pass.</summary>
    /// <param name="slot">An empty slot.</param>
    /// <param name="ids">1 to <see cref="ContextTokens"/> token ids.</param>
    /// <param name="logits">Receives the logits after the last one: <see cref="VocabularySize"/> numbers.</param>
    void Prefill(int slot, ReadOnlySpan<int> ids, Span<float> logits);

    /// <summary>Computes one more position of every sequence. Computing the same one again changes nothing.</summary>
    /// <param name="ids">The next token of the sequence in slot 0, 1, ...</param>
    /// <param name="positions">Their positions.</param>
    /// <param name="logits">Receives one row of <see cref="VocabularySize"/> logits for each sequence.</param>
    void Decode(ReadOnlySpan<int> ids, ReadOnlySpan<int> positions, Span<float> logits);

    /// <summary>Moves a sequence of so many positions to an empty slot; its old slot is empty then.</summary>
    void Move(int from, int to, int positions);

    /// <summary>Empties a slot: nothing of its first positions stays in memory.</summary>
    void Clear(int slot, int positions);
}
