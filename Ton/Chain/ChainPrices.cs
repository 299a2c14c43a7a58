using CocoonOrleans.Market;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Chain;

/// <summary>
/// What work costs on workchain 0, from the chain's configuration: parameter 21 (gas) and 25 (messages on their way). Validators change both, so no fee is a
/// constant (block.tlb, GasLimitsPrices and MsgForwardPrices).
/// </summary>
/// <param name="FlatGasLimit">Gas that <paramref name="FlatGasPrice"/> pays for.</param>
/// <param name="FlatGasPrice">In nano.</param>
/// <param name="GasPrice">Of gas beyond that, in nano / 2^16.</param>
/// <param name="LumpPrice">Of each message, in nano.</param>
/// <param name="BitPrice">Of each bit below its first cell, in nano / 2^16.</param>
/// <param name="CellPrice">Of each cell below its first, in nano / 2^16.</param>
public sealed record ChainPrices(ulong FlatGasLimit, Nano FlatGasPrice, ulong GasPrice, Nano LumpPrice, ulong BitPrice, ulong CellPrice)
{
    /// <summary>Number of the parameter with the prices of gas.</summary>
    public const int GasParameter = 21;

    /// <summary>Number of the parameter with the prices of messages.</summary>
    public const int ForwardParameter = 25;

    private const int Fraction = 16;

    /// <summary>Reads both parameters.</summary>
    /// <exception cref="TonFormatException">They are something else, or no price that can be.</exception>
    public static ChainPrices Read(Cell gas, Cell forward)
    {
        ArgumentNullException.ThrowIfNull(gas);
        ArgumentNullException.ThrowIfNull(forward);
        CellSlice slice = gas.BeginRead();
        ulong tag = slice.ReadUInt(8, "gas.tag");
        ulong flatLimit = 0;
        Nano flatPrice = Nano.Zero;
        if (tag == 0xd1)
        {
            flatLimit = slice.ReadUInt(64, "gas.flat limit");
            flatPrice = ReadNano(slice, "gas.flat price");
            tag = slice.ReadUInt(8, "gas.tag");
        }

        if (tag is not (0xdd or 0xde))
        {
            throw new TonFormatException("gas.tag", "not the prices of gas");
        }

        ulong gasPrice = ReadPrice(slice, "gas.price");
        slice = forward.BeginRead();
        if (slice.ReadUInt(8, "forward.tag") != 0xea)
        {
            throw new TonFormatException("forward.tag", "not the prices of messages");
        }

        return new ChainPrices(
            flatLimit, flatPrice, gasPrice, ReadNano(slice, "forward.lump price"), ReadPrice(slice, "forward.bit price"), ReadPrice(slice, "forward.cell price"));
    }

    /// <summary>What gas costs, rounded up.</summary>
    public Nano OfGas(ulong gas) => FlatGasPrice + Scale((UInt128)GasPrice * (gas > FlatGasLimit ? gas - FlatGasLimit : 0));

    /// <summary>What a message costs on its way, rounded up.</summary>
    /// <param name="cells">Cells below its first one.</param>
    /// <param name="bits">Bits in them.</param>
    public Nano OfMessage(ulong cells, ulong bits) => LumpPrice + Scale(((UInt128)BitPrice * bits) + ((UInt128)CellPrice * cells));

    /// <summary>
    /// What it costs to charge a voucher: a wallet runs and sends, the channel runs, pays the payee and returns the rest. Gas as measured (docs/settlement.md,
    /// and some 6,000 for a W5), the wallet's message from outside with the charge in it, the charge's own three cells, and the two answers, whose bodies stand in
    /// their first cells.
    /// </summary>
    public Nano OfCharge() => OfGas(8_100) + OfGas(6_000) + OfMessage(5, 3_000) + OfMessage(3, 2_000) + OfMessage(0, 0) + OfMessage(0, 0);

    private static Nano Scale(UInt128 amount) => new(checked((long)((amount + ((1UL << Fraction) - 1)) >> Fraction)));

    private static Nano ReadNano(CellSlice slice, string field)
    {
        ulong amount = slice.ReadUInt(64, field);
        return amount <= long.MaxValue ? new Nano((long)amount) : throw new TonFormatException(field, "no price that can be");
    }

    /// <summary>Bounded, so that no fee overflows.</summary>
    private static ulong ReadPrice(CellSlice slice, string field)
    {
        ulong price = slice.ReadUInt(64, field);
        return price < 1UL << 48 ? price : throw new TonFormatException(field, "no price that can be");
    }
}
