using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Tests.Settlement.Chain;

/// <summary>The client on the development chain, with everything that an endpoint may do wrong.</summary>
public sealed class ToncenterClientTests
{
    private static readonly string Address = Sample.Address.ToString();

    [SkippableFact]
    public async Task Send_ThroughAnEndpointThatLags_RunsOnTheChainAsItIs()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using SigningKey key = Sample.KeyOf("lagging");
        WalletV5R1 wallet = await chain.FundedWalletAsync(key, coins: 5);
        ExternalMessage send = await chain.SignAsync(wallet, key, new OutgoingMessage(Sample.Address, Nano.FromCoins(1), Cell.Empty, Bounce: false));
        await chain.DevAsync("dev_faucet", new { address = Address, amount = "1000000000" });
        await chain.DevAsync("dev_stale", new { endpoint = 1, blocks = 2 });

        await chain.First.SendAsync(send.ToCell(), default);

        await chain.DevAsync("dev_clear", new { });
        Assert.Equal(1u, await chain.SeqnoAsync(wallet.Address));
        Assert.Equal(Nano.FromCoins(2), (await chain.First.GetAccountAsync(Sample.Address, null, default)).Balance);
        IReadOnlyList<Transaction> history = await chain.First.GetTransactionsAsync(wallet.Address, null, 10, default);
        Assert.Equal(2, history.Count);
        Assert.Equal(history[1].Hash, history[0].PreviousHash);
    }

    [SkippableFact]
    public async Task Client_OnAnEndpointWithFaults_SaysWhatHappened()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ToncenterClient first = chain.First;
        ToncenterClient second = chain.Endpoint(2, TimeSpan.FromMinutes(2));

        // Whose network it is, and an account that isn't there.
        Assert.Equal(TonNetwork.Development, (await first.GetConfigParamAsync(19, default)).BeginRead().ReadInt(32, "network"));
        AccountState nothing = await first.GetAccountAsync(Sample.Address, null, default);
        Assert.Equal((AccountStatus.Uninitialized, Nano.Zero, null), (nothing.Status, nothing.Balance, nothing.LastTransaction));
        Assert.Equal(-13, (await first.RunGetMethodAsync(Sample.Address, "seqno", null, default)).ExitCode);

        // One endpoint lags, the other doesn't; a block by its number.
        uint before = await first.GetMasterchainSeqnoAsync(default);
        await chain.DevAsync("dev_faucet", new { address = Address, amount = "1000000000" });
        Assert.Equal(before + 1, await first.GetMasterchainSeqnoAsync(default));
        await chain.DevAsync("dev_stale", new { endpoint = 2, address = Address, blocks = 1 });
        Assert.Equal(Nano.FromCoins(1), (await first.GetAccountAsync(Sample.Address, null, default)).Balance);
        Assert.Equal((Nano.Zero, before), await BalanceAsync(second, null));
        Assert.Equal((Nano.FromCoins(1), before + 1), await BalanceAsync(second, null));
        Assert.Equal((Nano.Zero, before), await BalanceAsync(first, before));

        // Refused, broken, silent.
        await chain.DevAsync("dev_fail", new { endpoint = 1, status = 429 });
        Assert.Equal(ChainFailure.RateLimited, await FailureAsync(() => first.GetMasterchainSeqnoAsync(default)));
        await chain.DevAsync("dev_fail", new { endpoint = 1, status = 500 });
        Assert.Equal(ChainFailure.Refused, await FailureAsync(() => first.GetMasterchainSeqnoAsync(default)));
        await chain.DevAsync("dev_fail", new { endpoint = 2, timeout = true });
        Assert.Equal(ChainFailure.Unavailable, await FailureAsync(() => chain.Endpoint(2, TimeSpan.FromSeconds(1)).GetMasterchainSeqnoAsync(default)));
        await chain.DevAsync("dev_clear", new { });

        // Sends: taken and lost, taken and late, done and told twice, refused.
        using SigningKey key = Sample.KeyOf("wallet");
        WalletV5R1 wallet = await chain.FundedWalletAsync(key, 10);
        ExternalMessage external = await chain.SignAsync(wallet, key, new OutgoingMessage(Sample.Address, Nano.FromCoins(1), Cell.Empty, Bounce: false));
        string walletAddress = wallet.Address.ToString();
        await chain.DevAsync("dev_drop", new { address = walletAddress });
        await first.SendAsync(external.ToCell(), default);
        Assert.Equal(0u, await chain.SeqnoAsync(wallet.Address));
        await chain.DevAsync("dev_hold", new { address = walletAddress });
        await first.SendAsync(external.ToCell(), default);
        Assert.Equal(0u, await chain.SeqnoAsync(wallet.Address));
        Assert.Equal(1, (await chain.DevAsync("dev_release", new { })).GetProperty("applied").GetInt32());
        Assert.Equal(1u, await chain.SeqnoAsync(wallet.Address));
        Assert.Equal(ChainFailure.Refused, await FailureAsync(() => first.SendAsync(external.ToCell(), default)));
        Assert.Equal((Nano.FromCoins(2), Nano.FromCoins(2)), ((await BalanceAsync(first, null)).Balance, (await BalanceAsync(second, null)).Balance));

        // Rows told twice are one.
        await chain.DevAsync("dev_duplicate", new { address = Address });
        IReadOnlyList<Transaction> seen = await first.GetTransactionsAsync(Sample.Address, null, 10, default);
        Assert.Equal(2, seen.Count);
        Assert.Equal(seen[1].Hash, seen[0].PreviousHash);

        // Back to a mark, and the clock on.
        int mark = (await chain.DevAsync("dev_snapshot", new { })).GetProperty("id").GetInt32();
        await chain.DevAsync("dev_faucet", new { address = Address, amount = "1" });
        await chain.DevAsync("dev_restore", new { id = mark });
        Assert.Equal(Nano.FromCoins(2), (await BalanceAsync(first, null)).Balance);
        await chain.DevAsync("dev_now", new { advance = 3600 });
        Assert.Equal(1_764_003_600u, (await first.GetAccountAsync(Sample.Address, null, default)).Time);
    }

    private static async Task<(Nano Balance, uint Seqno)> BalanceAsync(ToncenterClient client, uint? seqno)
    {
        AccountState account = await client.GetAccountAsync(Sample.Address, seqno, default);
        return (account.Balance, account.Seqno);
    }

    private static async Task<ChainFailure> FailureAsync(Func<Task> call) => (await Assert.ThrowsAsync<ChainException>(call)).Failure;
}
