using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Models;

/// <summary>The <c>model</c> of a tokenizer file: makes ids of the pieces of a text. Thread-safe.</summary>
internal interface ITokenModel
{
    /// <summary>An encoder for the pieces of one text; it isn't thread-safe.</summary>
    PieceEncoder NewEncoder(EncodingDeadline deadline);
}
