using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>What both parties sign to close a channel at once.</summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Channel">The channel's address.</param>
/// <param name="Cumulative">All that the payee gets over the channel's life, in nano.</param>
/// <param name="ValidUntil">Unix time in seconds up to which it works, so that an offer nobody took dies.</param>
public sealed record CooperativeClose(int Network, TonAddress Channel, Nano Cumulative, uint ValidUntil)
{
    private const uint Tag = 0x5e7d0002;

    /// <summary>The cell that both sign.</summary>
    public Cell ToCell() => new CellBuilder()
        .StoreUInt(Tag, 32)
        .StoreInt(Network, 32)
        .StoreAddress(Channel)
        .StoreCoins(Cumulative)
        .StoreUInt(ValidUntil, 32)
        .Build();

    /// <summary>One party's signature.</summary>
    public Signature Sign(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Sign(ToCell());
    }

    /// <summary>Reads a close.</summary>
    /// <exception cref="TonFormatException">The cell is none, or one without end.</exception>
    public static CooperativeClose Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        if (slice.ReadUInt32("close.tag") != Tag)
        {
            throw new TonFormatException("close.tag", "not a cooperative close");
        }

        var close = new CooperativeClose(
            (int)slice.ReadInt(32, "close.network"),
            slice.RequireAddress("close.channel"),
            slice.ReadCoins("close.cumulative"),
            slice.ReadUInt32("close.valid until"));
        slice.RequireEnd("close");
        return close.ValidUntil != 0 && close.ToCell().Equals(cell)
            ? close
            : throw new TonFormatException("close", "it has no end, or isn't in the one form that a close has");
    }
}
