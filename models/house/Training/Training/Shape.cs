namespace CocoonOrleans.HouseModel.Training;

/// <summary>The shape of a Llama network; the names are those of Hugging Face's <c>config.json</c>.</summary>
/// <param name="Vocabulary">Number of tokens.</param>
/// <param name="Hidden">Width; a multiple of <paramref name="Heads"/>, and the width of a head must be even.</param>
/// <param name="Layers">Number of layers.</param>
/// <param name="Heads">Attention heads; keys and values have as many.</param>
/// <param name="Intermediate">Width of the gated feed-forward part.</param>
public sealed record Shape(int Vocabulary, int Hidden, int Layers, int Heads, int Intermediate)
{
    /// <summary>Longest context in tokens. Training rows are shorter (<see cref="RowSource.LongestRow"/>).</summary>
    public const int Positions = 512;

    /// <summary>The house model, version 0.</summary>
    public static Shape House(int vocabulary) => new(vocabulary, Hidden: 128, Layers: 4, Heads: 4, Intermediate: 352);

    /// <summary>Width of one head.</summary>
    public int HeadWidth => Hidden / Heads;
}
