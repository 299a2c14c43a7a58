using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>A gateway of the network; its key in the registry is the SHA-256 of its attested key.</summary>
/// <param name="ValidUntil">Unix time in seconds.</param>
/// <param name="Address">Where it is reached.</param>
public sealed record RegistryGateway(uint ValidUntil, string Address)
{
    /// <summary>The entry as the registry stores it.</summary>
    public Cell ToCell()
    {
        var builder = new CellBuilder().StoreUInt(ValidUntil, 32);
        SnakeText.Store(builder, Address);
        return builder.Build();
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="TonFormatException">The cell is none.</exception>
    public static RegistryGateway Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        return new RegistryGateway(slice.ReadUInt32("gateway.valid until"), SnakeText.Read(slice, "gateway.address"));
    }
}
