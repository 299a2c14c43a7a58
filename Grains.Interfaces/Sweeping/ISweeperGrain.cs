using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Sweeping;

/// <summary>
/// One of sixteen sweepers, keys 0 to 15, each woken by a reminder. Keeps nothing: every tick reconciles from the ledger (expired holds of its
/// share, undrained outbox rows), so a missed or doubled reminder does no harm.
/// </summary>
[Alias("cocoon.Sweeper"), Version(1)]
public interface ISweeperGrain : IGrainWithIntegerKey
{
    /// <summary>How many sweepers share the work.</summary>
    const int Count = 16;

    /// <summary>Makes sure that the reminder exists; called at every start of a silo.</summary>
    [Alias("Arm")]
    Task ArmAsync(CancellationToken cancellationToken = default);

    /// <summary>Sweeps once, now.</summary>
    [Alias("Sweep")]
    Task<SweepResult> SweepAsync(CancellationToken cancellationToken = default);
}
