namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>What becomes of the matches of a splitting pattern (Hugging Face's <c>SplitDelimiterBehavior</c>).</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}
