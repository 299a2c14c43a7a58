using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Attestation;

/// <summary>The list of what is revoked. Answers from memory; a change is stored first.</summary>
internal sealed partial class RevocationGrain(
    [PersistentState("revocations")] IPersistentState<RevocationRecord> record, TimeProvider clock, ILogger<RevocationGrain> logger) : Grain, IRevocationGrain
{
    /// <summary>Most revocations: gateways hold all of them.</summary>
    private const int Most = 4096;

    public Task<RevocationList?> GetAsync(long knownVersion, CancellationToken cancellationToken) => Task.FromResult(
        knownVersion == record.State.Version ? null : new RevocationList(record.State.Version, [.. record.State.Revocations]));

    public Task<Revocation?> FindAsync(string workerId, string? platformId, string? imageId, string? measurement, CancellationToken cancellationToken) => Task.FromResult(
        record.State.Revocations.Find(revocation => revocation.Value == revocation.Kind switch
        {
            RevocationKind.Worker => workerId,
            RevocationKind.Platform => platformId,
            RevocationKind.Image => imageId,
            RevocationKind.Measurement => measurement,
            _ => null,
        }));

    public async Task<Revocation> RevokeAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        if (revocation.FindFault() is { } fault)
        {
            throw new ArgumentException(fault, nameof(revocation));
        }

        List<Revocation> all = record.State.Revocations;
        if (all.Find(known => known.Kind == revocation.Kind && known.Value == revocation.Value) is { } before)
        {
            return before;
        }

        if (all.Count >= Most)
        {
            throw new ArgumentException($"There are {Most} revocations, as many as may be: restore what is gone for good anyway.", nameof(revocation));
        }

        Revocation stored = revocation with { Since = clock.GetUtcNow() };
        await WriteAsync([.. all, stored], cancellationToken);
        LogRevoked(stored.Kind, stored.Value, stored.Reason);
        return stored;
    }

    public async Task<bool> RestoreAsync(RevocationKind kind, string value, CancellationToken cancellationToken)
    {
        List<Revocation> rest = [.. record.State.Revocations.Where(known => known.Kind != kind || known.Value != value)];
        if (rest.Count == record.State.Revocations.Count)
        {
            return false;
        }

        await WriteAsync(rest, cancellationToken);
        LogRestored(kind, value);
        return true;
    }

    private async Task WriteAsync(List<Revocation> revocations, CancellationToken cancellationToken)
    {
        RevocationRecord before = record.State;
        record.State = new RevocationRecord { Version = before.Version + 1, Revocations = revocations };
        try
        {
            await record.WriteStateAsync(cancellationToken);
        }
        catch
        {
            // What is not stored is not said: whoever asked tries again.
            record.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Revoked: {Kind} {Value}: {Reason}")]
    private partial void LogRevoked(RevocationKind kind, string value, string reason);

    [LoggerMessage(LogLevel.Warning, "No longer revoked: {Kind} {Value}")]
    private partial void LogRestored(RevocationKind kind, string value);
}
