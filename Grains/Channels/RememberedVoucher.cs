using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>The last voucher of a channel, as its signer remembers it.</summary>
/// <param name="Signed">The voucher.</param>
/// <param name="CoveredUpTo">The last entry of the book whose usage receipt it covers.</param>
public sealed record RememberedVoucher(SignedVoucher Signed, long CoveredUpTo);
