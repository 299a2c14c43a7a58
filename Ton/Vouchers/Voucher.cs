using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>
/// A payer's promise: all that it owes over the life of the channel, never a part of it. The highest one replaces all others, and nothing is
/// lost when one is.
/// </summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Channel">The channel's address.</param>
/// <param name="Serial">Grows by one. Two different vouchers of one serial, or a gap, show that the payer's database was copied.</param>
/// <param name="Cumulative">All that is owed, in nano; never falls.</param>
/// <param name="Context">See <see cref="VoucherContext"/>.</param>
public sealed record Voucher(int Network, TonAddress Channel, ulong Serial, Nano Cumulative, Bits256 Context)
{
    private const uint Tag = 0x5e7d0001;

    /// <summary>The cell that is signed. It never expires: a payee takes no voucher that the payer could wait out.</summary>
    public Cell ToCell() => new CellBuilder()
        .StoreUInt(Tag, 32)
        .StoreInt(Network, 32)
        .StoreAddress(Channel)
        .StoreUInt(Serial, 64)
        .StoreCoins(Cumulative)
        .StoreUInt(0, 32) // valid until
        .StoreBits256(Context)
        .Build();

    /// <summary>Signs it.</summary>
    /// <param name="payerKey">The payer's voucher key.</param>
    public SignedVoucher Sign(SigningKey payerKey)
    {
        ArgumentNullException.ThrowIfNull(payerKey);
        return new SignedVoucher(this, payerKey.Sign(ToCell()));
    }

    /// <summary>Reads a voucher.</summary>
    /// <exception cref="TonFormatException">The cell is none, expires, or isn't what this voucher is written as.</exception>
    public static Voucher Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        if (slice.ReadUInt32("voucher.tag") != Tag)
        {
            throw new TonFormatException("voucher.tag", "not a voucher");
        }

        int network = (int)slice.ReadInt(32, "voucher.network");
        TonAddress channel = slice.RequireAddress("voucher.channel");
        ulong serial = slice.ReadUInt(64, "voucher.serial");
        Nano cumulative = slice.ReadCoins("voucher.cumulative");
        if (slice.ReadUInt32("voucher.valid until") != 0)
        {
            throw new TonFormatException("voucher.valid until", "a voucher must not expire");
        }

        var voucher = new Voucher(network, channel, serial, cumulative, slice.ReadBits256("voucher.context"));
        slice.RequireEnd("voucher");
        return voucher.ToCell().Equals(cell) ? voucher : throw new TonFormatException("voucher", "not in the one form that a voucher has");
    }
}
