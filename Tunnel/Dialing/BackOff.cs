namespace CocoonOrleans.Tunnel.Dialing;

/// <summary>
/// How long to wait before the next attempt: doubling from the first wait to the longest, of which a random half is left out, so that workers who lost
/// the same gateway don't come back at the same moment.
/// </summary>
/// <param name="first">The first wait, before jitter.</param>
/// <param name="longest">The longest wait, before jitter.</param>
/// <param name="random">The source of jitter.</param>
public sealed class BackOff(TimeSpan first, TimeSpan longest, Random random)
{
    private TimeSpan? _wait;

    /// <summary>The next wait, between half of the current step and all of it; the step doubles.</summary>
    public TimeSpan Next()
    {
        TimeSpan step = _wait ?? first;
        _wait = step * 2 < longest ? step * 2 : longest;
        return step * (0.5 + random.NextDouble() / 2);
    }

    /// <summary>Begins at the first wait again.</summary>
    public void Reset() => _wait = null;

    /// <summary>Goes to the longest wait at once.</summary>
    public void Exhaust() => _wait = longest;
}
