namespace CocoonOrleans.Grains.Attestation;

/// <summary>One machine's advice to start its TDs again.</summary>
internal sealed class AttestedPlatformGrain(
    [PersistentState("platform")] IPersistentState<AttestedPlatformRecord> record, TimeProvider clock) : Grain, IAttestedPlatformGrain
{
    /// <summary>How exactly it is stored when the advice was last seen: not each epoch of each worker is a write.</summary>
    internal static readonly TimeSpan Step = TimeSpan.FromHours(1);

    public async Task<DateTimeOffset?> RecordAsync(string assurance, bool mustDrain, CancellationToken cancellationToken)
    {
        if (assurance is not ("hardware" or "simulated"))
        {
            throw new ArgumentException("assurance must be hardware or simulated.", nameof(assurance));
        }

        DateTimeOffset now = clock.GetUtcNow();
        bool isHardware = assurance == "hardware";
        AttestedPlatformRecord before = record.State;
        if (mustDrain)
        {
            if (before.Since is null || now - before.LastSeen >= Step || (isHardware && !before.IsHardware))
            {
                await WriteAsync(new AttestedPlatformRecord { Since = before.Since ?? now, LastSeen = now, IsHardware = before.IsHardware || isHardware });
            }

            return record.State.Since;
        }

        // A machine may have a TD from before the fix beside one from after it: the second one's word is not the first one's relaunch.
        if (before.Since is not null && (isHardware || !before.IsHardware) && now - before.LastSeen > IAttestedPlatformGrain.Quiet + Step)
        {
            await WriteAsync(new AttestedPlatformRecord());
        }

        return null;
    }

    private async Task WriteAsync(AttestedPlatformRecord next)
    {
        AttestedPlatformRecord before = record.State;
        record.State = next;
        try
        {
            await record.WriteStateAsync();
        }
        catch
        {
            record.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}
