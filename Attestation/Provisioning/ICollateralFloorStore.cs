namespace CocoonOrleans.Attestation.Provisioning;

/// <summary>
/// Keeps floors, for longer than a process lives: without them, whoever delivers collateral could go back to an older set that has not expired. Silos
/// keep them in SQL, clients in a file (<see cref="FileCollateralFloorStore"/>). Safe on many threads at a time.
/// </summary>
public interface ICollateralFloorStore
{
    /// <summary>Raises floors to numbers that were seen in signed documents; all of them, or none where one number is below its floor. On the disk when it returns.</summary>
    /// <param name="seen">The numbers; no name twice.</param>
    /// <param name="cancellationToken">Cancels it where nothing was raised yet.</param>
    /// <returns>The floor that one of them is below; null where none is.</returns>
    ValueTask<CollateralFloor?> RaiseAsync(IReadOnlyList<CollateralFloor> seen, CancellationToken cancellationToken = default);

    /// <summary>Holds numbers against their floors, and raises none: for documents of somebody who may not decide what is too old for others.</summary>
    /// <param name="seen">The numbers; no name twice.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The floor that one of them is below; null where none is.</returns>
    ValueTask<CollateralFloor?> FindAboveAsync(IReadOnlyList<CollateralFloor> seen, CancellationToken cancellationToken = default);
}
