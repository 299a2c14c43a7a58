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
    public const int Positions = 1_024;

    /// <summary>The house model, version 1.</summary>
    public static Shape House(int vocabulary) => new(vocabulary, Hidden: 256, Layers: 6, Heads: 8, Intermediate: 704);

    /// <summary>Width of one head.</summary>
    public int HeadWidth => Hidden / Heads;
}
