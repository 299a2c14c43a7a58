using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Providers;

/// <summary>Where a provider is paid, and from how much on.</summary>
/// <param name="Address">An address of workchain 0. It becomes part of the channel's own address.</param>
/// <param name="Threshold">In nano; less than 20 times the fee of a charge counts as that.</param>
/// <param name="ByTransfer">Whether by plain transfers of what is due, and not by channel: cheaper for little, but nothing is promised before it is paid.</param>
public sealed record PayoutTerms(TonAddress Address, Nano Threshold, bool ByTransfer = false)
{
    /// <summary>The threshold of a provider that says nothing: two coins, of which the chain took a thousandth at most by the prices of April 2026 (<c>./cocoon bench settlement</c>).</summary>
    public static readonly Nano DefaultThreshold = Nano.FromCoins(2);

    /// <summary>The least threshold, in nano: the least that a channel pays out, 0.002 coin.</summary>
    public static readonly Nano LeastThreshold = Vouchers.ChannelMessages.LeastPayout;

    /// <summary>The least threshold of plain transfers: a tenth of a coin, twenty times what one costs by far.</summary>
    public static readonly Nano LeastTransfer = new(100_000_000);

    /// <summary>The highest threshold: a thousand coins.</summary>
    public static readonly Nano MostThreshold = Nano.FromCoins(1_000);

    /// <summary>The value of a request of kind <see cref="ProviderRequestKind.Payout"/>.</summary>
    public Cell ToCell() => new CellBuilder().StoreAddress(Address).StoreCoins(Threshold).StoreBit(ByTransfer).Build();

    /// <summary>Reads it.</summary>
    /// <exception cref="TonFormatException">It is anything else, of another workchain, or the threshold is out of its range.</exception>
    public static PayoutTerms Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        TonAddress address = slice.RequireAddress("payout.address");
        Nano threshold = slice.ReadCoins("payout.threshold");
        bool byTransfer = slice.ReadBit("payout.by transfer");
        slice.RequireEnd("payout");
        if (address.Workchain != 0)
        {
            throw new TonFormatException("payout.address", "not of workchain 0");
        }

        Nano least = byTransfer ? LeastTransfer : LeastThreshold;
        return threshold >= least && threshold <= MostThreshold
            ? new PayoutTerms(address, threshold, byTransfer)
            : throw new TonFormatException("payout.threshold", $"not between {least} and {MostThreshold} nano");
    }
}
