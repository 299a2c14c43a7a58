using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>A change of the registry, signed by its owners off chain.</summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Registry">The registry's address.</param>
/// <param name="Number">The registry's next number, so that no proposal works twice.</param>
/// <param name="ValidUntil">Unix time in seconds up to which it may be brought.</param>
/// <param name="Kind">What it changes.</param>
/// <param name="Key">The entry's key; the new time lock in seconds for new owners; zero for parameters and successor.</param>
/// <param name="Value">The entry, parameters, owners, or successor; none for a removal.</param>
public sealed record RegistryProposal(int Network, TonAddress Registry, uint Number, uint ValidUntil, RegistryChangeKind Kind, Bits256 Key, Cell? Value)
{
    private const uint Tag = 0x5e7d3001;

    /// <summary>The cell that the owners sign.</summary>
    public Cell ToCell() => new CellBuilder()
        .StoreUInt(Tag, 32)
        .StoreInt(Network, 32)
        .StoreAddress(Registry)
        .StoreUInt(Number, 32)
        .StoreUInt(ValidUntil, 32)
        .StoreUInt((ulong)Kind, 8)
        .StoreBits256(Key)
        .StoreMaybeReference(Value)
        .Build();

    /// <summary>Reads a proposal, for owners to look at before they sign.</summary>
    /// <exception cref="TonFormatException">The cell is none.</exception>
    public static RegistryProposal Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        if (slice.ReadUInt32("proposal.tag") != Tag)
        {
            throw new TonFormatException("proposal.tag", "not a proposal");
        }

        var proposal = new RegistryProposal(
            (int)slice.ReadInt(32, "proposal.network"),
            slice.RequireAddress("proposal.registry"),
            slice.ReadUInt32("proposal.number"),
            slice.ReadUInt32("proposal.valid until"),
            (RegistryChangeKind)slice.ReadUInt(8, "proposal.kind"),
            slice.ReadBits256("proposal.key"),
            slice.ReadMaybeReference("proposal.value"));
        slice.RequireEnd("proposal");
        return Enum.IsDefined(proposal.Kind) ? proposal : throw new TonFormatException("proposal.kind", "a kind that isn't known");
    }
}
