using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Every occurrence of a fixed text.</summary>
internal sealed class LiteralDelimiter(string delimiter) : IDelimiter
{
    public void Find(PieceText text, PieceSpan piece, EncodingDeadline deadline, List<PieceSpan> matches)
    {
        var place = piece.Start;
        while (true)
        {
            var next = text.Text.AsSpan(place, piece.End - place).IndexOf(delimiter, StringComparison.Ordinal);
            if (next < 0)
            {
                return;
            }

            matches.Add(new PieceSpan(place + next, place + next + delimiter.Length));
            place = matches[^1].End;
        }
    }
}
