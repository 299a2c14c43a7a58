using System.Buffers.Text;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Client.Payments;

/// <summary>One request that a channel pays for. Where nothing says how it ended, all that it may cost counts as used until the operator says what it was.</summary>
internal sealed class PaidRequest(ChannelPayer payer, Guid requestId, SignedVoucher voucher) : IDisposable
{
    /// <summary>The header's name.</summary>
    public const string HeaderName = "Cocoon-Voucher";

    private bool _ended;

    /// <summary>What stands in the header.</summary>
    public string Header { get; } = Base64Url.EncodeToString(voucher.ToBytes());

    /// <summary>The request was answered, and its receipt was checked.</summary>
    /// <param name="cost">What it comes to.</param>
    /// <param name="receipt">SHA-256 of the usage receipt.</param>
    public void Settle(Nano cost, Bits256 receipt) => End(() => payer.Settle(requestId, cost, receipt));

    /// <summary>The gateway refused it before anything was held.</summary>
    public void Refused() => End(() => payer.Drop(requestId));

    /// <summary>Nobody knows how it ended.</summary>
    public void Dispose() => End(() => payer.Leave(requestId));

    private void End(Action end)
    {
        if (!_ended)
        {
            _ended = true;
            end();
        }
    }
}
