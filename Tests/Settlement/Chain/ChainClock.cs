namespace CocoonOrleans.Tests.Settlement.Chain;

/// <summary>Says the development chain's time, which stands still, while pauses and time-outs take real time.</summary>
internal sealed class ChainClock(long unixTime) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(unixTime);
}
