using CocoonOrleans.Market;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>What a signer is asked to sign.</summary>
/// <param name="Voucher">The voucher.</param>
/// <param name="Limit">What the channel holds for vouchers, in nano.</param>
/// <param name="CoveredUpTo">The last entry of the book whose usage receipt it covers; remembered with it.</param>
/// <param name="AccountId">The provider; remembered with it.</param>
/// <param name="Terms">The channel's terms; remembered with it.</param>
public sealed record VoucherOrder(Voucher Voucher, Nano Limit, long CoveredUpTo, string AccountId, ChannelTerms Terms);
