using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Writes a mark for every space and puts the mark in front of pieces that don't start with it, as SentencePiece does.</summary>
internal sealed class PrefixStep(char mark, PrefixScheme scheme) : IPieceStep
{
    public void Apply(PieceText text, EncodingDeadline deadline) => text.Rewrite((piece, written) =>
    {
        var characters = text.Of(piece);
        var added = scheme == PrefixScheme.Always || (scheme == PrefixScheme.First && text.IsStart && piece.Start == 0);
        if (added && characters[0] != ' ' && characters[0] != mark)
        {
            written.Append(mark);
        }

        var start = written.Length;
        written.Append(characters);
        if (mark != ' ')
        {
            written.Replace(' ', mark, start, characters.Length);
        }
    });
}
