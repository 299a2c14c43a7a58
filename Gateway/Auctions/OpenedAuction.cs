using CocoonOrleans.Market.Offers;

namespace CocoonOrleans.Gateway.Auctions;

/// <summary>What shows how a job was auctioned.</summary>
/// <param name="Transcript">The transcript.</param>
/// <param name="Leaf">The winner's leaf of the snapshot.</param>
/// <param name="Path">The way from there to the root.</param>
/// <param name="Offer">The offer that the winner signed; null where it only registered its prices.</param>
public sealed record OpenedAuction(ReadOnlyMemory<byte> Transcript, ReadOnlyMemory<byte> Leaf, IReadOnlyList<ReadOnlyMemory<byte>> Path, PostedOffer? Offer);
