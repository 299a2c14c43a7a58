using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Where a splitting step cuts. Thread-safe.</summary>
internal interface IDelimiter
{
    /// <summary>Adds all matches inside a piece, in order and without overlap; a match sees nothing outside its piece, and is never empty.</summary>
    void Find(PieceText text, PieceSpan piece, EncodingDeadline deadline, List<PieceSpan> matches);
}
