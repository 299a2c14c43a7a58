using CocoonOrleans.Market;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Grains.Channels;

/// <summary>
/// Signs for the operator with its voucher key, which is never a wallet's: who has it can pay providers what their channels hold, and nobody else. It remembers
/// by itself what it signed, so that neither a restored database nor whoever has taken the grains signs backwards or without bound.
/// </summary>
public interface IVoucherSigner
{
    /// <summary>The key that verifies.</summary>
    PublicKey Key { get; }

    /// <summary>The network that vouchers are for (config parameter 19).</summary>
    int Network { get; }

    /// <summary>The last voucher that it signed for a channel, in raw form; null where it signed none.</summary>
    Task<RememberedVoucher?> FindLastAsync(string channel, CancellationToken cancellationToken);

    /// <summary>The channels of a provider that it signed for.</summary>
    Task<IReadOnlyList<RememberedChannel>> ListChannelsAsync(string accountId, CancellationToken cancellationToken);

    /// <summary>How much vouchers may still rise today, all channels together, in nano.</summary>
    Task<Nano> LeftTodayAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Signs a voucher of <see cref="Network"/>, after it has stored it: above the last one in number and amount, within what the channel holds and what it may
    /// sign in a day. The last one again gives the same bytes.
    /// </summary>
    /// <exception cref="VoucherRefusedException">One of these does not hold.</exception>
    Task<SignedVoucher> SignAsync(VoucherOrder order, CancellationToken cancellationToken);

    /// <summary>Signs a provider's statement.</summary>
    Task<Signature> SignAsync(StatementSeal seal, CancellationToken cancellationToken);

    /// <summary>Signs a close of a channel at what the last voucher said: it promises nothing new.</summary>
    /// <exception cref="VoucherRefusedException">It says something else.</exception>
    Task<Signature> SignAsync(CooperativeClose close, CancellationToken cancellationToken);
}
