using CocoonOrleans.Grains.Attestation;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Deposits;
using CocoonOrleans.Grains.Markets;
using CocoonOrleans.Grains.Models;
using CocoonOrleans.Grains.Registries;
using CocoonOrleans.Grains.Silos;
using CocoonOrleans.Grains.Solvency;
using CocoonOrleans.Grains.Sweeping;
using CocoonOrleans.Grains.Wallets;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.Cluster.Channels;
using CocoonOrleans.Tests.Cluster.Providers;

namespace CocoonOrleans.Tests.Cluster.CallGraph;

/// <summary>What is seen while flows run; <see cref="TwoSilos"/> checks the same over all tests that share it.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class CallGraphTests(TwoSilos silos) : ClusterTest(silos)
{
    [Fact]
    public async Task Grains_WholeLifeOfJobsAndWorkers_CallAlongTheGraphOnly()
    {
        Payer payer = await CreatePayerAsync();
        string model = Sample.NewModel();
        WorkerRegistration registration = Sample.Registration(model);
        IWorkerGrain worker = Worker(Sample.NewWorkerId());
        WorkerSession session = await worker.RegisterAsync(registration);
        await worker.HeartbeatAsync(Sample.Heartbeat(registration, session.Epoch));
        IModelMarketGrain market = Silos.Client.GetGrain<IModelMarketGrain>(MarketShard.KeysOf(model)[0]);
        await Eventually.GetAsync("the worker's offer in the book", () => market.GetSnapshotAsync(0), snapshot => snapshot?.Offers.Count == 1);
        await Silos.Client.GetGrain<IModelCatalogGrain>(0).ListAsync();
        Assert.Equal(2, (await Silos.Client.GetGrain<ISiloListGrain>(3).ListAsync()).Count(silo => silo.Status == SiloMember.Active));
        await Job(Guid.NewGuid()).StartAsync(Sample.Start(payer, Now));
        await Silos.Client.GetGrain<IAttestedSessionGrain>(Sample.NewWorkerId()).RecordAsync(
            new AttestedEvidence("gateway-1", new string('1', 64), "open", "simulated", Now, null, null, Sample.NewWorkerId(), MustDrain: false));
        await Silos.Client.GetGrain<IRevocationGrain>(0).GetAsync(-1);
        Assert.False((await Silos.Client.GetGrain<IRegistryGrain>(0).GetAsync(-1)).IsUsed);

        // A wallet with something to send: without a chain it is woken, and that is all.
        string address = $"0:{new string('3', 64)}";
        await Ledger.ExecuteAsync(
            [
                new PlaceIntent
                {
                    IntentId = Guid.NewGuid(),
                    Wallet = address,
                    Destination = address,
                    Value = new Nano(1),
                    Amount = Nano.Zero,
                    Body = new byte[1],
                    Purpose = IntentPurpose.ChannelCall,
                },
            ],
            CancellationToken.None);
        SampleChannel channel = await SampleChannel.OpenAsync(Silos);
        await Silos.Client.GetGrain<IPaymentChannelGrain>(channel.Address).SweepAsync(null);
        await (await SampleProvider.AdmitAsync(Silos)).OrderAsync();
        string clients = $"0:{new string('5', 64)}";
        Assert.NotNull(await ((IClientChannelStore)Ledger).OpenClientChannelAsync(
            new ClientChannel
            {
                Channel = clients,
                AccountId = payer.AccountId,
                PayerAddress = channel.Terms.PayerAddress.ToString(),
                PayerKey = channel.Terms.PayerKey.Bits.ToArray(),
                PayeeAddress = channel.Terms.PayeeAddress.ToString(),
                PayeeKey = channel.Terms.PayeeKey.Bits.ToArray(),
                CloseDelay = 60,
                Salt = 1,
            },
            limit: 1,
            CancellationToken.None));
        await Silos.Client.GetGrain<IClientChannelGrain>(clients).SweepAsync(null);
        await Silos.Client.GetGrain<IChannelDeskGrain>(0).GetOfferAsync();
        await Silos.Client.GetGrain<IDepositDeskGrain>(0).ListSuspenseAsync();
        Assert.Null(await Silos.Client.GetGrain<ISolvencyDeskGrain>(0).CheckAsync());
        Assert.Null(await Silos.Client.GetGrain<IWalletDeskGrain>(0).FindAsync());
        Assert.Equal(WalletReconciliationStatus.NoWallet, (await Silos.Client.GetGrain<IWalletGrain>(address).ReconcileAsync(apply: true, acceptLt: 0)).Status);
        Silos.Clock.Advance(TimeSpan.FromMinutes(6));
        for (int shard = 0; shard < ISweeperGrain.Count; shard++)
        {
            await Silos.Client.GetGrain<ISweeperGrain>(shard).SweepAsync();
        }

        await Silos.Calls.SettleAsync("wallet.WakeAsync", 1);
        await worker.DisconnectAsync(new WorkerDisconnect(session.Epoch, registration.TunnelId, "test"));

        Assert.Empty(Silos.Calls.Edges.Except(AllowedCalls.All));
        Assert.Empty(AllowedCalls.All.Except(Silos.Calls.Edges));
    }

    [Fact]
    public void AllowedCalls_FollowedFromAnyGrain_NeverComeBack()
    {
        foreach (string start in AllowedCalls.All.Select(edge => edge.Caller).Distinct())
        {
            Assert.DoesNotContain(start, Reachable(start));
        }
    }

    private static HashSet<string> Reachable(string start)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([start]);
        while (open.TryPop(out string? grain))
        {
            foreach ((_, string callee) in AllowedCalls.All.Where(edge => edge.Caller == grain && seen.Add(edge.Callee)))
            {
                open.Push(callee);
            }
        }

        return seen;
    }
}
