using System.Security.Cryptography;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Solvency;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Solvency;
using CocoonOrleans.Ton.Vouchers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Grains.Solvency;

/// <summary>
/// Proves that the operator's coins cover its debts: reads the book in one transaction, then all addresses at one masterchain block, and goes on only where the book has seen all that
/// the chain has by then, so that no money is counted on both sides or on none.
/// </summary>
internal sealed partial class SolvencyProver(
    ISolvencyStore store,
    IServiceProvider services,
    IOptions<SolvencyOptions> options,
    IOptions<DepositOptions> deposits,
    TimeProvider clock,
    ILogger<SolvencyProver> logger)
{
    private readonly ISolvencyChain? _chain = services.GetService<ISolvencyChain>();
    private readonly ILogger _logger = logger;

    /// <summary>Makes a proof where the last one is old enough.</summary>
    /// <exception cref="ChainUnavailableException">The chain doesn't answer.</exception>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (_chain is null || !deposits.Value.Accept)
        {
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (await store.FindProofAsync(withLeaves: false, cancellationToken) is { } last && now - last.CreatedAt < options.Value.Interval)
        {
            return;
        }

        SolvencyCheck check = await CheckAsync(_chain, cancellationToken);
        int moving = check.Assets.Count(asset => asset.IsMoving && asset.Asset.Kind != SolvencyAssetKind.ClientChannel);
        if (moving > 0 || check.Book.Wallets.Count == 0)
        {
            LogMoving(moving);
            return;
        }

        foreach (CheckedAsset asset in check.Assets.Where(asset => asset.Differs))
        {
            LogDifference(asset.Asset.Address.ToString(), asset.Booked.Value, asset.Asset.Amount.Value);
        }

        await ProveAsync(_chain, check, now, cancellationToken);
    }

    /// <summary>The book beside the chain, now; null where there is no chain.</summary>
    /// <exception cref="ChainUnavailableException">The chain doesn't answer.</exception>
    public async Task<SolvencyCheck?> CheckAsync(CancellationToken cancellationToken) => _chain is null ? null : await CheckAsync(_chain, cancellationToken);

    private async Task ProveAsync(ISolvencyChain chain, SolvencyCheck check, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // In an order of chance: a path shows the sums beside it, and nobody shall know whose they are.
        SumLeaf[] leaves = [.. check.Book.Debts.Select(debt => new SumLeaf(debt.AccountId, RandomNumberGenerator.GetBytes(SumTree.SaltLength), debt.Amount))];
        RandomNumberGenerator.Shuffle<SumLeaf>(leaves);
        if (leaves.Length == 0)
        {
            leaves = [new SumLeaf("nobody", RandomNumberGenerator.GetBytes(SumTree.SaltLength), Nano.Zero)];
        }

        SumNode root = new SumTree(leaves).Root;
        var statement = new SolvencyStatement(
            chain.Network, check.Time, check.Seqno, new Bits256(root.Hash.Span), root.Sum, [.. check.Assets.Select(asset => asset.Asset)]);
        var document = new SolvencyDocument(statement, chain.Key, chain.Subwallet, leaves.Length, chain.Sign(statement));
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(document.Write().ToJsonString());
        await store.AddProofAsync(new StoredProof(statement.AssetSum, statement.Liabilities, bytes, now, leaves), cancellationToken);
        if (statement.IsSolvent)
        {
            LogProved(check.Seqno, statement.AssetSum.Value, statement.Liabilities.Value, leaves.Length);
        }
        else
        {
            LogInsolvent(statement.Liabilities.Value, statement.AssetSum.Value, (statement.Liabilities - statement.AssetSum).Value);
        }
    }

    private async Task<SolvencyCheck> CheckAsync(ISolvencyChain chain, CancellationToken cancellationToken)
    {
        SolvencyBook book = await store.ReadSolvencyAsync(cancellationToken);
        string[] addresses =
        [
            .. book.Wallets.Select(wallet => wallet.Wallet), .. book.ProviderChannels.Select(channel => channel.Channel), .. book.ClientChannels.Select(channel => channel.Channel),
        ];
        SolvencyReading reading = await chain.ReadAsync(addresses, cancellationToken);
        Queue<ReadAccount> accounts = new(reading.Accounts);
        List<CheckedAsset> assets = [];
        foreach (BookedWallet wallet in book.Wallets)
        {
            ReadAccount account = accounts.Dequeue();
            assets.Add(new CheckedAsset(
                new SolvencyAsset(SolvencyAssetKind.Wallet, TonAddress.ParseRaw(wallet.Wallet), account.Balance), wallet.Balance, account.LastLt != wallet.Lt));
        }

        foreach (WorkerChannel channel in book.ProviderChannels)
        {
            assets.Add(Channel(SolvencyAssetKind.ProviderChannel, channel.Terms(), channel.State, accounts.Dequeue(), reading.Seqno, state => state.Deposited - state.Withdrawn - state.Claimed));
        }

        foreach (ClientChannel channel in book.ClientChannels)
        {
            // Not what was signed: a promise for a request that isn't served yet is nobody's coin.
            Nano used = Nano.Min(channel.Captured, channel.Voucher?.Cumulative ?? Nano.Zero);
            CheckedAsset asset = Channel(
                SolvencyAssetKind.ClientChannel,
                channel.Terms(),
                channel.State,
                accounts.Dequeue(),
                reading.Seqno,
                state => Nano.Max(Nano.Zero, Nano.Min(used, state.Deposited - state.Withdrawn) - state.Claimed));

            // The lesser of the two, so that a client that moves its channel all the time can't keep the proof away. What is being charged is not lost: it moves the wallet.
            assets.Add(asset.IsMoving ? asset with { Asset = asset.Asset with { Amount = Nano.Min(asset.Asset.Amount, asset.Booked) } } : asset);
        }

        return new SolvencyCheck(book, reading.Seqno, reading.Time, assets);
    }

    private static CheckedAsset Channel(
        SolvencyAssetKind kind, ChannelTerms terms, ChannelSnapshot booked, ReadAccount account, uint seqno, Func<ChannelSnapshot, Nano> amountOf)
    {
        // What lies at the address and isn't our contract is worth nothing.
        var seen = new ChannelObservation(account.CodeHash, account.Data, seqno, account.LastLt, Nano.Zero, 0);
        ObservedChannel.Read(seen, terms, out ChannelSnapshot? snapshot);
        return new CheckedAsset(
            new SolvencyAsset(kind, terms.Address, snapshot is null ? Nano.Zero : amountOf(snapshot)), amountOf(booked), account.LastLt != booked.LastLt);
    }
}
