using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Market.Solvency;
using CocoonOrleans.Ton.Solvency;
using Orleans.Concurrency;

namespace CocoonOrleans.Grains.Solvency;

/// <summary>Shows the newest proof, each account its own path, and the operator book and chain side by side.</summary>
[StatelessWorker]
internal sealed class SolvencyDeskGrain(ISolvencyStore store, IClientChannelStore channels, SolvencyProver prover, TimeProvider clock) : Grain, ISolvencyDeskGrain
{
    /// <summary>For how long the tree of the newest proof is kept in memory.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private (StoredProof Proof, SumTree Tree, DateTimeOffset Until)? _newest;

    public async Task<SolvencyProofView?> GetAsync(string accountId, CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is not { } newest)
        {
            return null;
        }

        HashSet<string> own = [accountId, .. (await channels.ListClientChannelsAsync(accountId, cancellationToken)).Select(channel => channel.Receivable)];
        JsonArray paths = [];
        for (int i = 0; i < newest.Proof.Leaves.Count; i++)
        {
            if (own.Contains(newest.Proof.Leaves[i].AccountId))
            {
                paths.Add(SolvencyDocument.WritePath(newest.Proof.Leaves[i], newest.Tree.PathOf(i)));
            }
        }

        return new SolvencyProofView(newest.Proof.Statement.ToArray(), Encoding.UTF8.GetBytes(paths.ToJsonString()));
    }

    public async Task<SolvencyReport?> CheckAsync(CancellationToken cancellationToken)
    {
        SolvencyCheck? check;
        try
        {
            check = await prover.CheckAsync(cancellationToken);
        }
        catch (ChainUnavailableException)
        {
            return null;
        }

        return check is null ? null : new SolvencyReport(
            check.Seqno,
            check.Time,
            check.AssetSum,
            check.Liabilities,
            [.. check.Book.Classes.Select(sum => new SolvencyClassSum(sum.Class.ToString().ToLowerInvariant(), sum.Balance))],
            [.. check.Assets.Select(asset => new SolvencyAssetReport(
                asset.Asset.Kind.ToString().ToLowerInvariant(), asset.Asset.Address.ToString(), asset.Booked, asset.Asset.Amount, asset.IsMoving, asset.Differs))]);
    }

    private async Task<(StoredProof Proof, SumTree Tree)?> FindAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (_newest is { } kept && kept.Until > now)
        {
            return (kept.Proof, kept.Tree);
        }

        if (await store.FindProofAsync(withLeaves: true, cancellationToken) is not { Leaves.Count: > 0 } proof)
        {
            return null;
        }

        SumTree tree = _newest is { } same && same.Proof.CreatedAt == proof.CreatedAt ? same.Tree : new SumTree(proof.Leaves);
        _newest = (proof, tree, now + Kept);
        return (proof, tree);
    }
}
