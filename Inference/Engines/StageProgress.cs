namespace CocoonOrleans.Inference.Engines;

/// <summary>Tells the progress of one stage, with the time that is left of it.</summary>
/// <param name="stage">The stage, which begins now.</param>
/// <param name="progress">Who is told; null for nobody.</param>
/// <param name="time">The clock.</param>
public sealed class StageProgress(LoadStage stage, IProgress<LoadProgress>? progress, TimeProvider time)
{
    /// <summary>Before that a speed is a guess.</summary>
    private static readonly TimeSpan Soonest = TimeSpan.FromSeconds(0.5);

    private readonly long _started = time.GetTimestamp();

    /// <summary>So many bytes are done.</summary>
    public void Report(long done, long total)
    {
        var elapsed = time.GetElapsedTime(_started);
        TimeSpan? left = done > 0 && elapsed >= Soonest ? elapsed * ((double)(total - done) / done) : null;
        progress?.Report(new LoadProgress(stage, done, total) { TimeLeft = left });
    }
}
