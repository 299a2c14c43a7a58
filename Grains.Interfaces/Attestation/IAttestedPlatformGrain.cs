using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Attestation;

/// <summary>
/// Since when a relaunch of what runs on one machine is advised, by its platform id (64 hex digits): the machine's own, so that another key of a worker, another gateway or a statement without a quote doesn't begin the grace
/// anew. Only attested sessions call it.
/// </summary>
[Alias("cocoon.AttestedPlatform"), Version(1)]
public interface IAttestedPlatformGrain : IGrainWithStringKey
{
    /// <summary>
    /// A gateway has verified a quote of the machine. An advice that comes within <see cref="Quiet"/> of the last one is the same advice, whatever the machine's other TDs show meanwhile. Stored before it answers. May be repeated.
    /// </summary>
    /// <param name="assurance"><c>hardware</c> or <c>simulated</c>. What hardware said, a simulation takes not back.</param>
    /// <param name="mustDrain">Whether Intel advises to start the TD again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Since when a relaunch is advised; null where this quote shows none.</returns>
    /// <exception cref="ArgumentException">The assurance is another word.</exception>
    [Alias("Record")]
    Task<DateTimeOffset?> RecordAsync(string assurance, bool mustDrain, CancellationToken cancellationToken = default);

    /// <summary>How long no TD of the machine must show the advice, and one must be up to date after that, before the advice is forgotten: as long as the longest grace.</summary>
    static TimeSpan Quiet { get; } = TimeSpan.FromDays(14);
}
