using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Jobs;

/// <summary>A job's hold as the contracts show it.</summary>
internal static class JobViews
{
    public static JobView ToView(this Hold hold) => new(
        hold.JobId,
        hold.State switch
        {
            HoldState.Open => JobState.Open,
            HoldState.Captured => JobState.Captured,
            HoldState.Released => JobState.Released,
            _ => throw new InvalidOperationException($"A hold can't be in state {hold.State}."),
        },
        hold.Model,
        hold.Amount,
        hold.Capture?.Amount ?? Nano.Zero,
        hold.Capture?.Usage ?? default,
        hold.Capture?.WorkerId,
        hold.CreatedAt,
        hold.Capture?.At ?? hold.Release?.At);
}
