using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Market.Auctions;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client.Receipts;

/// <summary>What the verification of a gateway's receipt found.</summary>
/// <param name="Refusal">Why it is refused; null where it is accepted.</param>
/// <param name="Checks">Each check, in order.</param>
/// <param name="Receipt">What the worker signed; null where that was not reached.</param>
/// <param name="Statement">The worker's statement; null where it can't be read.</param>
/// <param name="Transcript">The auction; null where it is refused.</param>
/// <param name="CostNano">The most that the job cost; null where that was not reached. Less is charged where the gateway counted fewer tokens.</param>
public sealed record GatewayReceiptVerdict(
    Refusal? Refusal, IReadOnlyList<ReceiptCheck> Checks, UsageReceipt? Receipt, BoundStatement? Statement, AuctionTranscript? Transcript, long? CostNano)
{
    /// <summary>Whether everything agrees.</summary>
    public bool IsAccepted => Refusal is null;
}
