using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>Bodies of the messages that the registry takes, from anyone. Each carries 0.05 coin or more; what isn't used comes back.</summary>
public static class RegistryMessages
{
    /// <summary>What a message carries at least, in nano; what isn't used comes back.</summary>
    public static readonly Market.Nano CallGas = new(100_000_000);

    /// <summary>What a new registry gets, in nano: it keeps 0.1 coin to pay for its storage.</summary>
    public static readonly Market.Nano DeployValue = new(500_000_000);

    private const uint ProposeOp = 0x5e7d4001;
    private const uint ApplyOp = 0x5e7d4002;
    private const uint CancelOp = 0x5e7d4003;

    /// <summary>Brings a proposal with the signatures of its owners, by their numbers.</summary>
    public static Cell Propose(ulong queryId, RegistryProposal proposal, IReadOnlyDictionary<byte, Signature> signatures)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return Signed(ProposeOp, queryId, proposal.ToCell(), signatures);
    }

    /// <summary>Applies a proposal whose time lock has passed.</summary>
    public static Cell Apply(ulong queryId, RegistryProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return Begin(ApplyOp, queryId).StoreReference(proposal.ToCell()).Build();
    }

    /// <summary>Stops a waiting proposal with the signatures of owners, by their numbers.</summary>
    public static Cell Cancel(ulong queryId, RegistryVeto veto, IReadOnlyDictionary<byte, Signature> signatures)
    {
        ArgumentNullException.ThrowIfNull(veto);
        return Signed(CancelOp, queryId, veto.ToCell(), signatures);
    }

    private static Cell Signed(uint op, ulong queryId, Cell body, IReadOnlyDictionary<byte, Signature> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        var dictionary = new CellDictionary(8);
        foreach ((byte number, Signature signature) in signatures)
        {
            dictionary.Set(number, new CellBuilder().StoreBytes(signature.ToArray()).Build());
        }

        return Begin(op, queryId).StoreMaybeReference(dictionary.Write()).StoreReference(body).Build();
    }

    private static CellBuilder Begin(uint op, ulong queryId) => new CellBuilder().StoreUInt(op, 32).StoreUInt(queryId, 64);
}
