using CocoonOrleans.Ton.Cells;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>A proposal that waits for its time lock.</summary>
/// <param name="Hash">Hash of the proposal's cell.</param>
/// <param name="UnlockTime">Unix time in seconds after which anyone may apply it, for 30 days.</param>
public sealed record WaitingProposal(Bits256 Hash, uint UnlockTime)
{
    internal static WaitingProposal Read(Cell leaf)
    {
        CellSlice slice = leaf.BeginRead();
        var waiting = new WaitingProposal(slice.ReadBits256("registry.pending"), slice.ReadUInt32("registry.pending"));
        slice.RequireEnd("registry.pending");
        return waiting;
    }
}
