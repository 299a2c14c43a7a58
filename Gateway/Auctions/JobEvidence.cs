using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Gateway.Auctions;

/// <summary>What is signed about a job that was answered: kept so that its client can have it checked.</summary>
/// <param name="Receipt">The worker's receipt.</param>
/// <param name="Statement">The statement whose key signed it.</param>
/// <param name="Voucher">What vouches for the statement; empty where a newer one took its place before.</param>
/// <param name="Auction">How the price came about.</param>
/// <param name="Price">What was paid.</param>
public sealed record JobEvidence(SignedReceipt Receipt, BoundStatement Statement, ReadOnlyMemory<byte> Voucher, OpenedAuction Auction, TokenPrices Price);
