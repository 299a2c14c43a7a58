using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Client.Workers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Evidence;

/// <summary>Verifies the statements that a gateway hands over. Nothing is believed of it: form, network, role, time, tier, and the signature or quote behind it.</summary>
internal sealed class StatementVerifier(CocoonSealingOptions options)
{
    private readonly EvidenceVerifier? _quotes = options.Quotes is { } trust ? new EvidenceVerifier(trust.Anchor) : null;

    /// <summary>Verifies a statement.</summary>
    /// <param name="bytes">The statement.</param>
    /// <param name="signature">What stands in place of a quote in tier open; null where none came.</param>
    /// <param name="shown">The quote, with what came beside it; null where none came.</param>
    /// <param name="cancellationToken">Ends the wait for Intel's documents.</param>
    /// <exception cref="SealingRefusedException">Something is wrong with it.</exception>
    public async Task<BoundStatement> VerifyAsync(byte[] bytes, byte[]? signature, StatementVoucher? shown, CancellationToken cancellationToken)
    {
        if (!BoundStatement.TryRead(bytes, out var bound))
        {
            throw new SealingRefusedException(SealingRefusalCodes.StatementMalformed, "A worker's statement does not have the form of this version of the protocol.");
        }

        var (statement, now) = (bound.Statement, options.Time.GetUtcNow());
        if (statement.NetworkId != options.NetworkId)
        {
            throw new SealingRefusedException(SealingRefusalCodes.StatementNetwork, $"A worker's statement is of network {statement.NetworkId}, not {options.NetworkId}.");
        }

        if (statement.Role != StatementRole.Worker)
        {
            throw new SealingRefusedException(SealingRefusalCodes.StatementRole, "A statement does not speak as a worker.");
        }

        if (bound.CheckTime(now) != SealingFault.None)
        {
            throw new SealingRefusedException(
                SealingRefusalCodes.StatementExpired, $"A worker's statement holds from {statement.NotBefore:u} to {statement.Expires:u}, and here it is {now:u}.");
        }

        if (statement.Tier < options.MinimumTier)
        {
            throw TooLow(statement.Tier);
        }

        if (statement.Tier == TrustTier.Open)
        {
            return signature is not null && ReceiptKey.Verify(bound, signature)
                ? bound
                : throw new SealingRefusedException(SealingRefusalCodes.StatementSignature, "A worker's statement is not signed by the key that it names.");
        }

        await VerifyQuoteAsync(bound, shown, now, cancellationToken);
        return bound;
    }

    private async Task VerifyQuoteAsync(BoundStatement bound, StatementVoucher? shown, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_quotes is null || options.Quotes is not { } trust || shown is null)
        {
            throw Refused(shown is null ? "no quote came with it" : "the client has no images and no root to judge quotes by");
        }

        if (!Quote.TryParse(shown.Voucher.Span, out var quote, out var refusal) || !trust.Collateral.TryReadSubject(quote!, out var subject, out refusal))
        {
            throw Refused(refusal!.ToString());
        }

        EventLog? log = null;
        if (shown.EventLog is { } events && !EventLog.TryParse(events.Span, out log, out refusal))
        {
            throw Refused(refusal!.ToString());
        }

        GpuReferences? references = null;
        if (shown.GpuReferences is { } documents && !GpuReferences.TryDecode(documents, out references))
        {
            throw Refused($"{RefusalCodes.GpuReferenceFormat}: reference values and OCSP answers were expected in deterministic CBOR");
        }

        var found = await trust.Collateral.GetAsync(subject!, cancellationToken);
        if (!found.IsThere)
        {
            throw Refused(found.Refusal!.ToString());
        }

        var policy = new EvidencePolicy
        {
            Tcb = trust.Tcb,
            Images = trust.Images,
            RequiresStatement = true,
            NetworkId = options.NetworkId,
            Role = StatementRole.Worker,
            MinimumTier = options.MinimumTier == TrustTier.Simulated ? null : options.MinimumTier,
        };
        var evidence = new Attestation.Verification.Evidence
        {
            Quote = shown.Voucher,
            Collateral = found.Collateral!,
            EventLog = log,
            Gpus = shown.Gpus,
            GpuReferences = references,
            Statement = bound.Bytes,
        };
        var verdict = _quotes.Verify(evidence, policy, now);
        if (!verdict.IsAccepted)
        {
            throw Refused(verdict.Refusal!.ToString());
        }

        if (await RelaunchAsync(trust, verdict, cancellationToken) is { } overdue)
        {
            throw Refused(overdue);
        }

        if (verdict.Tier != bound.Statement.Tier)
        {
            throw TooLow(verdict.Tier);
        }
    }

    /// <returns>Why the machine may not go on.</returns>
    private static async Task<string?> RelaunchAsync(QuoteTrust trust, EvidenceVerdict verdict, CancellationToken cancellationToken)
    {
        try
        {
            return (await trust.Collateral.CheckRelaunchAsync(verdict, cancellationToken))?.ToString();
        }
        catch (IOException e)
        {
            return $"since when its machine must start again can't be kept: {e.Message}";
        }
    }

    private SealingRefusedException TooLow(TrustTier tier) =>
        new(SealingRefusalCodes.StatementTier, $"A worker of tier {options.MinimumTier} or more was expected, not of {tier}.");

    private static SealingRefusedException Refused(string reason) => new(SealingRefusalCodes.StatementQuote, $"The quote behind a worker's statement is not accepted: {reason}.");
}
