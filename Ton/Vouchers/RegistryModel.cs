using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>A model that the network serves; its key in the registry is the hash of its manifest.</summary>
/// <param name="Name">The name that clients ask for.</param>
public sealed record RegistryModel(string Name)
{
    /// <summary>The entry as the registry stores it.</summary>
    public Cell ToCell()
    {
        var builder = new CellBuilder();
        SnakeText.Store(builder, Name);
        return builder.Build();
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="TonFormatException">The cell is none.</exception>
    public static RegistryModel Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return new RegistryModel(SnakeText.Read(cell.BeginRead(), "model.name"));
    }
}
