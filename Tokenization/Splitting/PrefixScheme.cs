namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Which pieces get a prefix that marks the start of a word, where they don't have it (Hugging Face's <c>PrependScheme</c>).</summary>
internal enum PrefixScheme
{
    Always,

    /// <summary>Only the piece at the start of the whole text.</summary>
    First,
    Never,
}
