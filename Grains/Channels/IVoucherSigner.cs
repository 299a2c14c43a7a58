using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>Signs vouchers with the operator's voucher key, which is never a wallet's: who has it can pay providers what their channels hold, and nobody else.</summary>
public interface IVoucherSigner
{
    /// <summary>The key that verifies.</summary>
    PublicKey Key { get; }

    /// <summary>The network that vouchers are for (config parameter 19).</summary>
    int Network { get; }

    /// <summary>Signs a voucher of <see cref="Network"/>.</summary>
    SignedVoucher Sign(Voucher voucher);
}
