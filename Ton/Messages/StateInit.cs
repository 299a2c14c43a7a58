using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Messages;

/// <summary>A contract's first code and data. Its hash is the contract's address, so whoever knows both knows the address before it exists.</summary>
/// <param name="Code">The code; messages of others may lack it.</param>
/// <param name="Data">The first data; messages of others may lack it.</param>
public sealed record StateInit(Cell? Code, Cell? Data)
{
    /// <summary>The address of the contract.</summary>
    /// <param name="workchain">0, or -1 for the masterchain.</param>
    public TonAddress AddressIn(int workchain = 0) => new(workchain, ToCell().Hash);

    /// <summary>Neither split depth, nor special, nor libraries: what all contracts of ours have.</summary>
    public Cell ToCell() => new CellBuilder()
        .StoreBit(false)
        .StoreBit(false)
        .StoreMaybeReference(Code)
        .StoreMaybeReference(Data)
        .StoreBit(false)
        .Build();

    /// <summary>Reads what stands in a message. Split depth, special and libraries, which nothing of ours has, are read over.</summary>
    /// <exception cref="TonFormatException">It is something else.</exception>
    public static StateInit Read(CellSlice slice)
    {
        ArgumentNullException.ThrowIfNull(slice);
        if (slice.ReadBit("init.split depth"))
        {
            slice.ReadUInt(5, "init.split depth");
        }

        if (slice.ReadBit("init.special"))
        {
            slice.ReadUInt(2, "init.special");
        }

        Cell? code = slice.ReadMaybeReference("init.code");
        Cell? data = slice.ReadMaybeReference("init.data");
        slice.ReadMaybeReference("init.library");
        return new StateInit(code, data);
    }
}
