using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Wallets;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Settlement.Chain;

/// <summary>Two endpoints of the development chain, faulted apart, as one chain.</summary>
public sealed class TonChainTests
{
    private static readonly Nano Little = Nano.FromCoins(1);
    private static readonly Nano Much = Nano.FromCoins(6);

    [SkippableFact]
    public async Task GetAccount_MuchAtStake_IsAgreedAtTheLowerBlock()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using TonChain reader = Open(chain.Options());
        uint before = await chain.First.GetMasterchainSeqnoAsync(default);
        await chain.GiveAsync(Sample.Address, 10);

        // The second endpoint's head is one behind, once.
        await chain.DevAsync("dev_stale", new { endpoint = 2, blocks = 1, times = 3 });
        AccountState agreed = await reader.GetAccountAsync(Sample.Address, Much, default);

        // The check of network and clock used up two of the three.
        Assert.Equal((before, Nano.Zero), (agreed.Seqno, agreed.Balance));
        AccountState next = await reader.GetAccountAsync(Sample.Address, Much, default);
        Assert.Equal((before + 1, Nano.FromCoins(10)), (next.Seqno, next.Balance));
    }

    [SkippableFact]
    public async Task Chain_LyingEndpoint_FailsClosed()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using TonChain reader = Open(chain.Options());
        await chain.GiveAsync(Sample.Address, 10);

        await chain.DevAsync("dev_lie", new { endpoint = 2, address = Sample.Address.ToString(), balance = "99000000000", times = 100 });
        Assert.Equal(ChainFailure.Disagreement, await FailureAsync(() => reader.GetAccountAsync(Sample.Address, Much, default)));

        // The truth again: agreed. Of little, one endpoint's word is enough.
        Assert.Equal(Nano.FromCoins(10), (await reader.GetAccountAsync(Sample.Address, Little, default)).Balance);
        await chain.DevAsync("dev_clear", new { });
        Assert.Equal(Nano.FromCoins(10), (await reader.GetAccountAsync(Sample.Address, Much, default)).Balance);
    }

    [SkippableTheory]
    [InlineData("data")]
    [InlineData("lt")]
    [InlineData("balance")]
    public async Task GetAccountToKeep_OfLittle_IsNotBelievedFromOneOwner(string field)
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using TonChain reader = Open(chain.Options());
        await chain.GiveAsync(Sample.Address, 1);

        await chain.DevAsync("dev_lie", Lie(field));
        Assert.Equal(ChainFailure.Disagreement, await FailureAsync(() => reader.GetAccountToKeepAsync(Sample.Address, Nano.Zero, default)));

        await chain.DevAsync("dev_clear", new { });
        AccountState truth = await reader.GetAccountToKeepAsync(Sample.Address, Nano.Zero, default);
        Assert.Equal((Nano.FromCoins(1), (Cell?)null), (truth.Balance, truth.Data));
    }

    [SkippableTheory]
    [InlineData("seqno")]
    [InlineData("lt")]
    public async Task GetAccount_OneOwnerToldOfWhatNeverWas_TheTruthIsStillTaken(string field)
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using TonChain reader = Open(chain.Options());
        await chain.GiveAsync(Sample.Address, 1);

        await chain.DevAsync("dev_lie", Lie(field));
        await reader.GetAccountAsync(Sample.Address, Little, default);
        await chain.DevAsync("dev_clear", new { });

        Assert.Equal(Nano.FromCoins(1), (await reader.GetAccountAsync(Sample.Address, Little, default)).Balance);
        Assert.Equal(Nano.FromCoins(1), (await reader.GetAccountAsync(Sample.Address, Much, default)).Balance);
    }

    [SkippableFact]
    public async Task GetAccount_OneOwnerTellsOfAFarBlockOrClock_OthersAreNotBehind()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ChainOptions options = chain.Options();
        using TonChain reader = Open(options);
        await chain.GiveAsync(Sample.Address, 10);
        await reader.CheckAsync(default);

        await chain.DevAsync("dev_lie_head", new { endpoint = 1, seqno = uint.MaxValue, times = 1000 });
        await chain.DevAsync("dev_lie", new { endpoint = 1, address = Sample.Address.ToString(), time = uint.MaxValue, times = 1000 });
        AccountState agreed = await reader.GetAccountAsync(Sample.Address, Much, default);
        AccountState together = Assert.Single(await reader.GetAccountsTogetherAsync([Sample.Address], default));

        Assert.Equal((Nano.FromCoins(10), DevelopmentChain.StartTime), (agreed.Balance, agreed.Time));
        Assert.Equal((agreed.Seqno, agreed.Time), (together.Seqno, together.Time));
    }

    [SkippableFact]
    public async Task GetAccount_OneOfThreeOwnersLies_TheOtherTwoAreBelieved()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ChainOptions options = chain.Options();
        options.Endpoints.Add(new ChainEndpointOptions { Address = options.Endpoints[1].Address, Owner = "third", RequestsPerSecond = 1000 });
        using TonChain reader = Open(options);
        await chain.GiveAsync(Sample.Address, 10);
        await reader.CheckAsync(default);

        // The liar and one honest owner are foremost, and contradict each other: the third, a block behind, decides.
        await chain.DevAsync("dev_lie_head", new { endpoint = 1, seqno = uint.MaxValue, times = 1000 });
        await chain.DevAsync("dev_lie", new { endpoint = 1, address = Sample.Address.ToString(), balance = "99000000000", times = 1000 });
        await chain.DevAsync("dev_stale", new { endpoint = 2, blocks = 1 });

        Assert.Equal(Nano.Zero, (await reader.GetAccountAsync(Sample.Address, Much, default)).Balance);
        Assert.Equal(Nano.FromCoins(10), (await reader.GetAccountAsync(Sample.Address, Much, default)).Balance);
    }

    [SkippableFact]
    public async Task GetAccount_MuchAtStakeAndOneEndpointAway_FailsClosed()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ChainOptions options = chain.Options();
        options.Retries = 1;
        using TonChain reader = Open(options);
        await chain.GiveAsync(Sample.Address, 10);

        await chain.DevAsync("dev_fail", new { endpoint = 2, status = 503, times = 1000 });

        Assert.Equal(ChainFailure.Disagreement, await FailureAsync(() => reader.GetAccountAsync(Sample.Address, Much, default)));
        Assert.Equal(Nano.FromCoins(10), (await reader.GetAccountAsync(Sample.Address, Little, default)).Balance);
    }

    [SkippableFact]
    public async Task GetAccount_TwoEndpointsOfOneOwner_AreOneWitness()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ChainOptions options = chain.Options();
        options.Endpoints[1].Owner = "FIRST";
        using TonChain reader = Open(options);

        Assert.Equal(ChainFailure.Disagreement, await FailureAsync(() => reader.GetAccountAsync(Sample.Address, Much, default)));
    }

    [SkippableFact]
    public async Task Chain_StaleAnswer_NoRollback()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using TonChain reader = Open(chain.Options());
        await chain.GiveAsync(Sample.Address, 1);
        await chain.GiveAsync(Sample.Address, 1);
        Assert.Equal(Nano.FromCoins(2), (await reader.GetAccountAsync(Sample.Address, Much, default)).Balance);

        // One lags: the other is asked. Both do: the answer waits for the one that catches up.
        await chain.DevAsync("dev_stale", new { endpoint = 1, blocks = 1 });
        Assert.Equal(Nano.FromCoins(2), (await reader.GetAccountAsync(Sample.Address, Little, default)).Balance);
        await chain.DevAsync("dev_stale", new { blocks = 2, times = 3, address = Sample.Address.ToString() });
        Assert.Equal(Nano.FromCoins(2), (await reader.GetAccountAsync(Sample.Address, Little, default)).Balance);

        // Neither catches up in time: no answer rather than an old one, also where two agree on it.
        await chain.DevAsync("dev_stale", new { blocks = 1, times = 1000 });
        Assert.Equal(ChainFailure.Lagging, await FailureAsync(() => reader.GetAccountAsync(Sample.Address, Little, default)));
        Assert.Equal(ChainFailure.Disagreement, await FailureAsync(() => reader.GetAccountAsync(Sample.Address, Much, default)));
    }

    [SkippableFact]
    public async Task GetAccount_EndpointBusyBrokenOrSilent_IsRepeatedOrAskedElsewhere()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ChainOptions options = chain.Options();
        options.Timeout = TimeSpan.FromSeconds(2);
        using TonChain reader = Open(options);
        await chain.GiveAsync(Sample.Address, 1);
        await reader.CheckAsync(default);

        foreach (object fault in new object[]
        {
            new { endpoint = 1, status = 429, times = 2 },
            new { endpoint = 1, status = 500, times = 2 },
            new { endpoint = 1, timeout = true, times = 1 },
            new { endpoint = 1, status = 502, times = 4 },
        })
        {
            await chain.DevAsync("dev_fail", fault);
            Assert.Equal(Nano.FromCoins(1), (await reader.GetAccountAsync(Sample.Address, Little, default)).Balance);
        }

        await chain.DevAsync("dev_fail", new { status = 503, times = 1000 });
        Assert.Equal(ChainFailure.Unavailable, await FailureAsync(() => reader.GetAccountAsync(Sample.Address, Little, default)));
    }

    [SkippableFact]
    public async Task Send_GoesToAllEndpoints_AndSaysWhatTheySaid()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using TonChain reader = Open(chain.Options());
        using SigningKey key = Sample.KeyOf("wallet");
        WalletV5R1 wallet = await chain.FundedWalletAsync(key, 10);
        string address = wallet.Address.ToString();

        // The first endpoint loses it, the second doesn't.
        ExternalMessage external = await chain.SignAsync(wallet, key, new OutgoingMessage(Sample.Address, Little, Cell.Empty, Bounce: false));
        await chain.DevAsync("dev_drop", new { endpoint = 1, address });
        Assert.Equal(new SendReport(2, 0, 0), await reader.SendAsync(external.ToCell(), default));
        Assert.Equal(1u, await chain.SeqnoAsync(wallet.Address));

        // Done already: both refuse, and that is told as what it is.
        Assert.Equal(ChainFailure.Refused, await FailureAsync(() => reader.SendAsync(external.ToCell(), default)));

        // The second to come is refused, as it ran; nobody counts that as a failure.
        external = await chain.SignAsync(wallet, key, new OutgoingMessage(Sample.Address, Little, Cell.Empty, Bounce: false));
        Assert.Equal(new SendReport(1, 1, 0), await reader.SendAsync(external.ToCell(), default));
        await chain.DevAsync("dev_fail", new { endpoint = 2, status = 503, times = 4 });
        external = await chain.SignAsync(wallet, key, new OutgoingMessage(Sample.Address, Little, Cell.Empty, Bounce: false));
        Assert.Equal(new SendReport(1, 0, 1), await reader.SendAsync(external.ToCell(), default));
        Assert.Equal(Nano.FromCoins(3), (await reader.GetAccountAsync(Sample.Address, Much, default)).Balance);
    }

    [SkippableFact]
    public async Task GetHistory_FromAKnownTransaction_IsWholeAndInOrder()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using TonChain reader = Open(chain.Options());
        for (int i = 0; i < 4; i++)
        {
            await chain.GiveAsync(Sample.Address, 1);
        }

        TransactionId tip = (await reader.GetAccountAsync(Sample.Address, Much, default)).LastTransaction!.Value;
        await chain.DevAsync("dev_duplicate", new { address = Sample.Address.ToString() });
        await chain.DevAsync("dev_fail", new { endpoint = 1, status = 503, times = 4 });
        IReadOnlyList<Transaction> all = await reader.GetHistoryAsync(Sample.Address, tip, null, 10, default);

        Assert.Equal(4, all.Count);
        Assert.Equal(0u, all[0].PreviousLt);
        Assert.Equal(tip.Hash, all[^1].Hash);
        var second = new TransactionId(all[1].Lt, all[1].Hash);
        Assert.Equal(all.Skip(2).Select(row => row.Hash), (await reader.GetHistoryAsync(Sample.Address, tip, second, 10, default)).Select(row => row.Hash));
        Assert.Empty(await reader.GetHistoryAsync(Sample.Address, tip, tip, 10, default));

        // Another one of that time is known: then this is another history.
        var other = new TransactionId(second.Lt, Sample.HashOf("other"));
        Assert.Equal(ChainFailure.BadAnswer, await FailureAsync(() => reader.GetHistoryAsync(Sample.Address, tip, other, 10, default)));

        // Many are taken in by parts, the oldest first.
        IReadOnlyList<Transaction> part = await reader.GetHistoryAsync(Sample.Address, tip, null, 3, default);
        Assert.Equal(all.Take(3).Select(row => row.Hash), part.Select(row => row.Hash));
        Assert.Equal(all[3].Hash, Assert.Single(await reader.GetHistoryAsync(Sample.Address, tip, new TransactionId(part[^1].Lt, part[^1].Hash), 3, default)).Hash);
    }

    [SkippableFact]
    public async Task Start_WrongNetwork_Refuses()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ChainOptions options = chain.Options();
        options.Network = TonNetwork.Testnet;
        using TonChain reader = Open(options);

        ChainException refused = await Assert.ThrowsAsync<ChainException>(() => reader.CheckAsync(default));
        Assert.Equal(ChainFailure.WrongNetwork, refused.Failure);
        Assert.Contains("-1000", refused.Message, StringComparison.Ordinal);

        // Nor is anything read from it.
        Assert.Equal(ChainFailure.WrongNetwork, await FailureAsync(() => reader.GetAccountAsync(Sample.Address, Little, default)));
    }

    [SkippableFact]
    public async Task Start_ClockOff_Refuses()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        await chain.DevAsync("dev_now", new { advance = 31 });
        using TonChain off = Open(chain.Options());
        using TonChain right = Open(chain.Options(), DevelopmentChain.StartTime + 60);

        Assert.Equal(ChainFailure.WrongNetwork, await FailureAsync(() => off.CheckAsync(default)));
        await right.CheckAsync(default);
    }

    [SkippableFact]
    public async Task Start_OneEndpointAway_ServesAndComparesItLater()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        ChainOptions options = chain.Options();
        options.Retries = 0;
        using TonChain reader = Open(options);
        await chain.DevAsync("dev_fail", new { endpoint = 2, status = 503 });

        await reader.CheckAsync(default);

        Assert.Equal(Nano.Zero, (await reader.GetAccountAsync(Sample.Address, Much, default)).Balance);
        using TonChain alone = Open(options);
        await chain.DevAsync("dev_fail", new { status = 503, times = 1000 });
        Assert.Equal(ChainFailure.Unavailable, await FailureAsync(() => alone.CheckAsync(default)));
    }

    /// <summary>What the preferred endpoint says instead of the truth.</summary>
    private static object Lie(string field)
    {
        string address = Sample.Address.ToString();
        return field switch
        {
            "data" => new { endpoint = 1, address, data = Convert.ToBase64String(Boc.Write(new CellBuilder().StoreUInt(1, 64).Build())), times = 1000 },
            "lt" => new { endpoint = 1, address, lt = ulong.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture), times = 1000 },
            "seqno" => new { endpoint = 1, address, seqno = uint.MaxValue, times = 1000 },
            _ => new { endpoint = 1, address, balance = "2", times = 1000 },
        };
    }

    private static TonChain Open(ChainOptions options, long time = DevelopmentChain.StartTime) =>
        new(options, new ChainClock(time), NullLogger<TonChain>.Instance);

    private static async Task<ChainFailure> FailureAsync(Func<Task> call) => (await Assert.ThrowsAsync<ChainException>(call)).Failure;
}
