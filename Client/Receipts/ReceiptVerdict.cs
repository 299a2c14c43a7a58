using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Receipts;

/// <summary>What the verification of a stored receipt found. Where it is refused, what was read until then is there too, for people: nothing may be built on it.</summary>
/// <param name="Refusal">Why it is refused; null where it is accepted.</param>
/// <param name="Checks">Each check, in order.</param>
/// <param name="Receipt">What the worker signed; null where that was not reached.</param>
/// <param name="Header">What the client asked for; null where that can't be read.</param>
/// <param name="Statement">The worker's statement; null where it can't be read.</param>
/// <param name="Quote">What the quote behind the statement shows; null where there is none, or it was not judged.</param>
/// <param name="CostNano">What the job cost; null where that was not reached.</param>
public sealed record ReceiptVerdict(
    Refusal? Refusal, IReadOnlyList<ReceiptCheck> Checks, UsageReceipt? Receipt, RequestHeader? Header, BoundStatement? Statement, EvidenceVerdict? Quote, long? CostNano)
{
    /// <summary>Whether it is a receipt of that request and answer, signed by whom it says.</summary>
    public bool IsAccepted => Refusal is null;

    /// <summary>
    /// What stands behind the worker's key. In tier <see cref="TrustTier.Open"/> and below, and where no quote was judged, nobody but the worker itself.
    /// </summary>
    public TrustTier? Tier => Refusal is not null || Statement is null ? null : Quote?.Tier ?? (Statement.Statement.Tier == TrustTier.Open ? TrustTier.Open : null);
}
