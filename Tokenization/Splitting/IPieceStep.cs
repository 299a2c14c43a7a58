using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>One step of a pre-tokenizer. Thread-safe.</summary>
internal interface IPieceStep
{
    void Apply(PieceText text, EncodingDeadline deadline);
}
