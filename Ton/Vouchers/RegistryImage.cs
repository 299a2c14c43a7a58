using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>An image that may run as part of the network; its key in the registry is its measurement hash.</summary>
/// <param name="Role">What it may be, 0 to 255.</param>
/// <param name="ValidFrom">Unix time in seconds.</param>
/// <param name="ValidUntil">Unix time in seconds.</param>
/// <param name="Note">For people.</param>
public sealed record RegistryImage(byte Role, uint ValidFrom, uint ValidUntil, string Note)
{
    /// <summary>The role of an image that runs workers: that of their statements.</summary>
    public const byte WorkerRole = 1;

    /// <summary>Whether workers may run it at a time.</summary>
    /// <param name="now">The time; both ends of its time belong to it.</param>
    public bool AllowsWorkersAt(DateTimeOffset now) => Role == WorkerRole && now.ToUnixTimeSeconds() is var seconds && seconds >= ValidFrom && seconds <= ValidUntil;

    /// <summary>The entry as the registry stores it.</summary>
    public Cell ToCell()
    {
        var builder = new CellBuilder().StoreUInt(Role, 8).StoreUInt(ValidFrom, 32).StoreUInt(ValidUntil, 32);
        SnakeText.Store(builder, Note);
        return builder.Build();
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="TonFormatException">The cell is none.</exception>
    public static RegistryImage Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        return new RegistryImage(
            (byte)slice.ReadUInt(8, "image.role"),
            slice.ReadUInt32("image.valid from"),
            slice.ReadUInt32("image.valid until"),
            SnakeText.Read(slice, "image.note"));
    }
}
