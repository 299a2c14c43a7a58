namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>A piece of a text: from <paramref name="Start"/> up to, without, <paramref name="End"/>, in UTF-16 units.</summary>
internal readonly record struct PieceSpan(int Start, int End)
{
    public int Length => End - Start;
}
