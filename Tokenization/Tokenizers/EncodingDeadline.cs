using CocoonOrleans.Tokenization.Files;

namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>Bounds how long a hostile file's patterns, added tokens and vocabulary may work on one text, however many of them share the time.</summary>
internal readonly struct EncodingDeadline
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly long _start;

    private EncodingDeadline(long start) => _start = start;

    public bool Passed => TimeProvider.System.GetElapsedTime(_start) > Limit;

    /// <summary>Ends the work on a text on which this part of the file takes too long.</summary>
    public void Check(in JsonField part)
    {
        if (Passed)
        {
            throw TooSlow(part);
        }
    }

    public static TokenizerFormatException TooSlow(in JsonField part) => part.Refuse("takes too long on this text");

    public static EncodingDeadline Start() => new(TimeProvider.System.GetTimestamp());
}
