namespace CocoonOrleans.Grains.Attestation;

/// <summary>One worker's verified evidence.</summary>
internal sealed class AttestedSessionGrain(
    [PersistentState("attested")] IPersistentState<AttestedSessionRecord> record, TimeProvider clock) : Grain, IAttestedSessionGrain
{
    private const int HashDigits = 64;
    private const int MeasurementDigits = 96;
    private const int MaxTextLength = 100;

    public async Task<AttestedAdmission> RecordAsync(AttestedEvidence evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        Check(evidence);
        if (await GrainFactory.GetGrain<IRevocationGrain>(0).FindAsync(this.GetPrimaryKeyString(), evidence.PlatformId, evidence.ImageId, evidence.Measurement, cancellationToken) is { } revoked)
        {
            // Nothing is recorded of it: what was known before tells more.
            return new AttestedAdmission(revoked, record.State.Session?.RelaunchAdvisedSince);
        }

        DateTimeOffset now = clock.GetUtcNow();
        AttestedSession? before = record.State.Session;
        DateTimeOffset? relaunch = evidence.MustDrain ? before?.RelaunchAdvisedSince ?? now : null;
        if (before is null || before.Evidence with { GatewayId = evidence.GatewayId } != evidence || before.RelaunchAdvisedSince != relaunch)
        {
            record.State.Session = new AttestedSession(evidence, now, relaunch);
            try
            {
                await record.WriteStateAsync(cancellationToken);
            }
            catch
            {
                record.State.Session = before;
                DeactivateOnIdle();
                throw;
            }
        }

        return new AttestedAdmission(null, relaunch);
    }

    public Task<AttestedSession?> GetAsync(CancellationToken cancellationToken) => Task.FromResult(record.State.Session);

    private static void Check(AttestedEvidence evidence)
    {
        Demand(evidence.GatewayId is { Length: > 0 and <= MaxTextLength }, nameof(evidence.GatewayId), "must have 1 to 100 characters");
        Demand(IsHex(evidence.StatementHash, HashDigits), nameof(evidence.StatementHash), "must be 64 lower-case hexadecimal digits");
        Demand(evidence.Tier is "simulated" or "open" or "tdx" or "confidential", nameof(evidence.Tier), "must be the name of a tier");
        Demand(evidence.Assurance is "hardware" or "simulated" or "none", nameof(evidence.Assurance), "must be hardware, simulated or none");
        Demand(evidence.ImageId is null || IsHex(evidence.ImageId, HashDigits), nameof(evidence.ImageId), "must be 64 lower-case hexadecimal digits, or null");
        Demand(evidence.PlatformId is null || IsHex(evidence.PlatformId, HashDigits), nameof(evidence.PlatformId), "must be 64 lower-case hexadecimal digits, or null");
        Demand(evidence.Measurement is null || IsHex(evidence.Measurement, MeasurementDigits), nameof(evidence.Measurement), "must be 96 lower-case hexadecimal digits, or null");
    }

    private static bool IsHex(string? text, int digits) => text is not null && text.Length == digits && text.All(char.IsAsciiHexDigitLower);

    private static void Demand(bool holds, string field, string reason)
    {
        if (!holds)
        {
            throw new ArgumentException($"{field} {reason}.", field);
        }
    }
}
