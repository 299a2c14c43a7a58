using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Bounds how long the patterns and added tokens of a hostile file may work on one text, however many matches share the time.</summary>
internal readonly struct SplittingDeadline
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly long _start;

    private SplittingDeadline(long start) => _start = start;

    public bool Passed => TimeProvider.System.GetElapsedTime(_start) > Limit;

    /// <summary>Ends the work on a text with too many added tokens.</summary>
    public void Check()
    {
        if (Passed)
        {
            throw new TokenizerFormatException(ModelFile.Tokenizer, "added_tokens", "take too long on this text");
        }
    }

    public static SplittingDeadline Start() => new(TimeProvider.System.GetTimestamp());
}
