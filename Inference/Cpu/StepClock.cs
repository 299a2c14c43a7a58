using System.Diagnostics;

namespace CocoonOrleans.Inference.Cpu;

/// <summary>Adds up the wall time of each part of a decoder's steps, in place: what a profile shows. For one step at a time.</summary>
internal sealed class StepClock
{
    private readonly long[] _ticks = new long[Enum.GetValues<StepPart>().Length];
    private long _last;

    /// <summary>What a part took since the last <see cref="Clear"/>, in milliseconds.</summary>
    public double Milliseconds(StepPart part) => Stopwatch.GetElapsedTime(0, _ticks[(int)part]).TotalMilliseconds;

    /// <summary>Forgets all times.</summary>
    public void Clear() => Array.Clear(_ticks);

    /// <summary>A step, or a part of one, begins.</summary>
    public void Start() => _last = Stopwatch.GetTimestamp();

    /// <summary>A part ends: what passed since the last one's end was its.</summary>
    public void End(StepPart part)
    {
        var now = Stopwatch.GetTimestamp();
        _ticks[(int)part] += now - _last;
        _last = now;
    }
}
