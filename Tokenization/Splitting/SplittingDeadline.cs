namespace CocoonOrleans.Tokenization.Splitting;

/// <summary>Bounds how long the patterns of a hostile file may work on one text, however many matches share the time.</summary>
internal readonly struct SplittingDeadline
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly long _start;

    private SplittingDeadline(long start) => _start = start;

    public bool Passed => TimeProvider.System.GetElapsedTime(_start) > Limit;

    public static SplittingDeadline Start() => new(TimeProvider.System.GetTimestamp());
}
