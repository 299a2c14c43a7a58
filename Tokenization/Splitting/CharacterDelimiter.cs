using System.Text;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Every single character of some kind.</summary>
internal sealed class CharacterDelimiter(Func<Rune, bool> isDelimiter) : IDelimiter
{
    public void Find(PieceText text, PieceSpan piece, EncodingDeadline deadline, List<PieceSpan> matches)
    {
        var place = piece.Start;
        foreach (var rune in text.Of(piece).EnumerateRunes())
        {
            var end = place + rune.Utf16SequenceLength;
            if (isDelimiter(rune))
            {
                matches.Add(new PieceSpan(place, end));
            }

            place = end;
        }
    }
}
