namespace CocoonOrleans.Grains.Attestation;

/// <summary>One worker's verified evidence.</summary>
internal sealed class AttestedSessionGrain(
    [PersistentState("attested")] IPersistentState<AttestedSessionRecord> record, TimeProvider clock) : Grain, IAttestedSessionGrain
{
    private const int HashDigits = 64;
    private const int MeasurementDigits = 96;
    private const int MaxTextLength = 100;

    /// <summary>How many machines are remembered of one key: one is usual, and a key that moves more often loses the oldest.</summary>
    private const int MostPlatforms = 16;

    public async Task<AttestedAdmission> RecordAsync(AttestedEvidence evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        Check(evidence);
        if (await FindRevocationAsync(evidence, cancellationToken) is { } revoked)
        {
            // Nothing is recorded of it: what was known before tells more.
            return new AttestedAdmission(revoked, record.State.Session?.RelaunchAdvisedSince);
        }

        DateTimeOffset now = clock.GetUtcNow();
        AttestedSession? before = record.State.Session;
        DateTimeOffset? relaunch = evidence.PlatformId is { } platform
            ? await GrainFactory.GetGrain<IAttestedPlatformGrain>(platform).RecordAsync(evidence.Assurance, evidence.MustDrain, cancellationToken)
            : null;
        List<string> platforms = record.State.Platforms;
        if (before is null || before.Evidence with { GatewayId = evidence.GatewayId } != evidence || before.RelaunchAdvisedSince != relaunch)
        {
            record.State.Session = new AttestedSession(evidence, now, relaunch);
            if (evidence.PlatformId is { } shown && !platforms.Contains(shown))
            {
                record.State.Platforms = [.. platforms.TakeLast(MostPlatforms - 1), shown];
            }

            try
            {
                await record.WriteStateAsync(cancellationToken);
            }
            catch
            {
                (record.State.Session, record.State.Platforms) = (before, platforms);
                DeactivateOnIdle();
                throw;
            }
        }

        return new AttestedAdmission(null, relaunch);
    }

    public Task<AttestedSession?> GetAsync(CancellationToken cancellationToken) => Task.FromResult(record.State.Session);

    /// <summary>A key that has shown a machine stays that machine's: it doesn't come back by showing no quote any more.</summary>
    private async Task<Revocation?> FindRevocationAsync(AttestedEvidence evidence, CancellationToken cancellationToken)
    {
        IRevocationGrain revocations = GrainFactory.GetGrain<IRevocationGrain>(0);
        Revocation? found = await revocations.FindAsync(this.GetPrimaryKeyString(), evidence.PlatformId, evidence.ImageId, evidence.Measurement, cancellationToken);
        foreach (string platform in record.State.Platforms.Where(platform => platform != evidence.PlatformId))
        {
            found ??= await revocations.FindAsync(this.GetPrimaryKeyString(), platform, null, null, cancellationToken);
        }

        return found;
    }

    private static void Check(AttestedEvidence evidence)
    {
        Demand(evidence.GatewayId is { Length: > 0 and <= MaxTextLength }, nameof(evidence.GatewayId), "must have 1 to 100 characters");
        Demand(IsHex(evidence.StatementHash, HashDigits), nameof(evidence.StatementHash), "must be 64 lower-case hexadecimal digits");
        Demand(evidence.Tier is "simulated" or "open" or "tdx" or "confidential", nameof(evidence.Tier), "must be the name of a tier");
        Demand(evidence.Assurance is "hardware" or "simulated" or "none", nameof(evidence.Assurance), "must be hardware, simulated or none");
        Demand(evidence.ImageId is null || IsHex(evidence.ImageId, HashDigits), nameof(evidence.ImageId), "must be 64 lower-case hexadecimal digits, or null");
        Demand(evidence.PlatformId is null || IsHex(evidence.PlatformId, HashDigits), nameof(evidence.PlatformId), "must be 64 lower-case hexadecimal digits, or null");
        Demand(evidence.Measurement is null || IsHex(evidence.Measurement, MeasurementDigits), nameof(evidence.Measurement), "must be 96 lower-case hexadecimal digits, or null");
        Demand(evidence.PlatformId is null || evidence.Assurance != "none", nameof(evidence.Assurance), "must be hardware or simulated where there is a machine");
        Demand(!evidence.MustDrain || evidence.PlatformId is not null, nameof(evidence.PlatformId), "must name the machine whose TD must start again");
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
