using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>What the owners of the network fix for everyone. No price: prices are the market's.</summary>
/// <param name="ChannelCodeHash">Hash of the channel contract that is in use.</param>
/// <param name="LeastCloseDelay">The shortest delay of a channel, in seconds.</param>
/// <param name="MostCloseDelay">The longest delay of a channel, in seconds.</param>
/// <param name="MostCommissionPerMillion">The highest commission, in millionths, 0 to 1,000,000.</param>
/// <param name="LeastTopUp">The lowest deposit, in nano.</param>
public sealed record RegistryParameters(Bits256 ChannelCodeHash, uint LeastCloseDelay, uint MostCloseDelay, uint MostCommissionPerMillion, Nano LeastTopUp)
{
    private const byte LayoutVersion = 1;
    private const uint Whole = 1_000_000;

    /// <summary>The parameters as the registry stores them.</summary>
    public Cell ToCell() => new CellBuilder()
        .StoreUInt(LayoutVersion, 8)
        .StoreBits256(ChannelCodeHash)
        .StoreUInt(LeastCloseDelay, 32)
        .StoreUInt(MostCloseDelay, 32)
        .StoreUInt(MostCommissionPerMillion, 32)
        .StoreCoins(LeastTopUp)
        .Build();

    /// <summary>Reads parameters. The contract stores any cell here, so that a later layout needs no other contract.</summary>
    /// <exception cref="TonFormatException">Another layout, or bounds that exclude each other.</exception>
    public static RegistryParameters Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        if (slice.ReadUInt(8, "parameters.version") != LayoutVersion)
        {
            throw new TonFormatException("parameters.version", "a layout that this program doesn't know");
        }

        var parameters = new RegistryParameters(
            slice.ReadBits256("parameters.channel code"),
            slice.ReadUInt32("parameters.least close delay"),
            slice.ReadUInt32("parameters.most close delay"),
            slice.ReadUInt32("parameters.commission"),
            slice.ReadCoins("parameters.least top-up"));
        slice.RequireEnd("parameters");
        return parameters.LeastCloseDelay <= parameters.MostCloseDelay && parameters.MostCommissionPerMillion <= Whole
            ? parameters
            : throw new TonFormatException("parameters", "bounds that exclude each other");
    }
}
