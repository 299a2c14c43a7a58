using CocoonOrleans.Ledger.Wallets;

namespace CocoonOrleans.Grains.Channels;

/// <summary>
/// The attempts at one call of a channel. A call that its channel refused is tried again while the channel's state still asks for it: after pauses that grow,
/// since each attempt costs the operator gas, and not without end.
/// </summary>
internal static class CallAttempts
{
    /// <summary>The most that a call is placed.</summary>
    public const int Most = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);

    /// <summary>How long the attempt after so many refused ones waits: 1, 4, 16, 64 and 256 minutes.</summary>
    public static TimeSpan PauseAfter(int refused) => FirstPause * Math.Pow(4, refused - 1);

    /// <summary>Finds out whether a call may be placed now, and as which attempt.</summary>
    /// <param name="store">Says what became of the attempts before.</param>
    /// <param name="idOf">The intent's id of an attempt, from 0 on.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<CallAttempt> NextAsync(IWalletStore store, Func<int, Guid> idOf, DateTimeOffset now, CancellationToken cancellationToken)
    {
        for (int number = 0; number < Most; number++)
        {
            Guid id = idOf(number);
            Intent? placed = await store.FindIntentAsync(id, cancellationToken);
            if (placed is null)
            {
                return new CallAttempt(id, number, CallAttemptState.Due);
            }

            if (placed.State != IntentState.Bounced)
            {
                return new CallAttempt(id, number, CallAttemptState.Placed);
            }

            bool isLast = number == Most - 1;
            if (!isLast && (placed.EndedAt is not { } ended || now < ended + PauseAfter(number + 1)))
            {
                return new CallAttempt(id, number, CallAttemptState.Paused);
            }
        }

        return new CallAttempt(idOf(Most - 1), Most - 1, CallAttemptState.GivenUp);
    }
}
