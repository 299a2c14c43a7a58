using CocoonOrleans.Tokenization.BytePairs;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Writes the bytes of each piece in <see cref="ByteAlphabet"/>, for a model or a step that doesn't read bytes itself.</summary>
internal sealed class ByteLevelStep : IPieceStep
{
    public void Apply(PieceText text, EncodingDeadline deadline) => text.Rewrite((piece, written) => written.Append(ByteAlphabet.CharactersOf(text.Of(piece))));
}
