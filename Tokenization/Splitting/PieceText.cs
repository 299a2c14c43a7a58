using System.Text;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>A normalised text and the pieces into which it has been cut so far. A step cuts further, or writes the pieces anew. For one thread.</summary>
/// <param name="text">The text; at first it is one piece.</param>
/// <param name="isStart">Whether nothing stands before it: it is the start of what is being encoded, not what comes after an added token.</param>
internal sealed class PieceText(string text, bool isStart)
{
    private CategoryText? _categories;

    public string Text { get; private set; } = text;

    public bool IsStart { get; } = isStart;

    public List<PieceSpan> Pieces { get; private set; } = text.Length == 0 ? [] : [new PieceSpan(0, text.Length)];

    /// <summary>The text as patterns see it.</summary>
    public CategoryText Categories => _categories ??= new CategoryText(Text);

    public ReadOnlySpan<char> Of(PieceSpan piece) => Text.AsSpan(piece.Start, piece.Length);

    /// <summary>Puts other pieces of the same text in place of the pieces.</summary>
    public void Cut(Action<PieceSpan, List<PieceSpan>> cut)
    {
        var pieces = new List<PieceSpan>(Pieces.Count);
        foreach (var piece in Pieces)
        {
            cut(piece, pieces);
        }

        Pieces = pieces;
    }

    /// <summary>Writes each piece anew.</summary>
    public void Rewrite(Action<PieceSpan, StringBuilder> write)
    {
        var text = new StringBuilder(Text.Length + Pieces.Count);
        for (var i = 0; i < Pieces.Count; i++)
        {
            var start = text.Length;
            write(Pieces[i], text);
            Pieces[i] = new PieceSpan(start, text.Length);
        }

        Text = text.ToString();
        _categories = null;
    }
}
