using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>Stops a waiting proposal; signed by owners off chain.</summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Registry">The registry's address.</param>
/// <param name="Number">The proposal's number.</param>
/// <param name="ValidUntil">Unix time in seconds up to which it may be brought.</param>
public sealed record RegistryVeto(int Network, TonAddress Registry, uint Number, uint ValidUntil)
{
    private const uint Tag = 0x5e7d3002;

    /// <summary>The cell that the owners sign.</summary>
    public Cell ToCell() => new CellBuilder()
        .StoreUInt(Tag, 32)
        .StoreInt(Network, 32)
        .StoreAddress(Registry)
        .StoreUInt(Number, 32)
        .StoreUInt(ValidUntil, 32)
        .Build();

    /// <summary>Reads a veto, for owners to look at before they sign.</summary>
    /// <exception cref="TonFormatException">The cell is none.</exception>
    public static RegistryVeto Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        if (slice.ReadUInt32("veto.tag") != Tag)
        {
            throw new TonFormatException("veto.tag", "not a veto");
        }

        var veto = new RegistryVeto(
            (int)slice.ReadInt(32, "veto.network"), slice.RequireAddress("veto.registry"), slice.ReadUInt32("veto.number"), slice.ReadUInt32("veto.valid until"));
        slice.RequireEnd("veto");
        return veto;
    }
}
