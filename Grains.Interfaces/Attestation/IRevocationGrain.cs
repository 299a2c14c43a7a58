using Orleans.CodeGeneration;

namespace CocoonOrleans.Grains.Attestation;

/// <summary>
/// What may serve nobody any more, by an operator's word: workers, machines, images. Key 0. Stored before it answers; gateways ask for it several times a second, and close what it names.
/// </summary>
[Alias("cocoon.Revocations"), Version(1)]
public interface IRevocationGrain : IGrainWithIntegerKey
{
    /// <summary>All revocations.</summary>
    /// <param name="knownVersion">The version that the caller has; -1 for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where nothing has changed since that version.</returns>
    [Alias("Get")]
    Task<RevocationList?> GetAsync(long knownVersion, CancellationToken cancellationToken = default);

    /// <summary>The first revocation that names any of these; null where none does. A value that is null names nothing.</summary>
    [Alias("Find")]
    Task<Revocation?> FindAsync(string workerId, string? platformId, string? imageId, string? measurement, CancellationToken cancellationToken = default);

    /// <summary>Revokes. May be repeated: what is revoked stays so, with its first reason and time.</summary>
    /// <returns>The revocation that is in force.</returns>
    /// <exception cref="ArgumentException">It does not have its form, or there are as many as may be; the message says which.</exception>
    [Alias("Revoke")]
    Task<Revocation> RevokeAsync(Revocation revocation, CancellationToken cancellationToken = default);

    /// <summary>Takes a revocation back. May be repeated.</summary>
    /// <returns>Whether there was one.</returns>
    [Alias("Restore")]
    Task<bool> RestoreAsync(RevocationKind kind, string value, CancellationToken cancellationToken = default);
}
