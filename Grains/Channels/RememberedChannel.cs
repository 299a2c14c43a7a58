using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>A channel, as its signer remembers it.</summary>
/// <param name="Terms">Its terms, from which its address follows.</param>
/// <param name="Last">The last voucher.</param>
public sealed record RememberedChannel(ChannelTerms Terms, RememberedVoucher Last);
