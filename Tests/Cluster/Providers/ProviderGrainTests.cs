using CocoonOrleans.Grains.Providers;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Providers;

namespace CocoonOrleans.Tests.Cluster.Providers;

[Collection(TwoSilosCollection.Name)]
public sealed class ProviderGrainTests(TwoSilos silos) : ClusterTest(silos)
{
    private static readonly TonAddress First = SampleProvider.NewAddress();
    private static readonly TonAddress Other = SampleProvider.NewAddress();

    [Fact]
    public async Task OrderPayout_First_HoldsAtOnceAndAgainChangesNothing()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        byte[] order = provider.Payout(First, coins: 3);

        ProviderView view = await provider.Grain.OrderPayoutAsync(order);
        ProviderView again = await provider.Grain.OrderPayoutAsync(order);

        Assert.Equal(new PayoutView(First.ToString(), Nano.FromCoins(3), Now, ByTransfer: false), view.Payout);
        Assert.Null(view.Next);
        Assert.Equal(view, again);
    }

    [Fact]
    public async Task OrderPayout_AnotherAddress_HoldsAfterADay()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        await provider.OrderAsync(First);
        Silos.Clock.Advance(TimeSpan.FromMinutes(2));

        ProviderView ordered = await provider.OrderAsync(Other);

        Assert.Equal((First.ToString(), Other.ToString()), (ordered.Payout!.Address, ordered.Next!.Address));
        Silos.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        Assert.Equal(First.ToString(), (await provider.Grain.GetAsync())!.Payout!.Address);
        Silos.Clock.Advance(TimeSpan.FromSeconds(1));
        ProviderView later = (await provider.Grain.GetAsync())!;
        Assert.Equal((Other.ToString(), null), (later.Payout!.Address, later.Next));
    }

    [Fact]
    public async Task OrderPayout_OwnerTakesBackWhatAThiefOrdered_NeverHolds()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        await provider.OrderAsync(First);
        Silos.Clock.Advance(TimeSpan.FromMinutes(2));
        await provider.OrderAsync(Other);
        Silos.Clock.Advance(TimeSpan.FromHours(23));

        ProviderView back = await provider.OrderAsync(First);

        Assert.Equal((First.ToString(), null), (back.Payout!.Address, back.Next));
        Silos.Clock.Advance(TimeSpan.FromDays(9));
        Assert.Equal(First.ToString(), (await provider.Grain.GetAsync())!.Payout!.Address);
    }

    [Fact]
    public async Task OrderPayout_OldOrderShownAgain_IsRefused()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        byte[] old = provider.Payout(First);
        await provider.Grain.OrderPayoutAsync(old);
        Silos.Clock.Advance(TimeSpan.FromMinutes(2));
        await provider.OrderAsync(Other);
        Silos.Clock.Advance(TimeSpan.FromMinutes(2));

        // Its number is below the last one's; and later on it is too old altogether.
        await provider.Grain.OrderPayoutAsync(old);
        Assert.Equal(Other.ToString(), (await provider.Grain.GetAsync())!.Next!.Address);
        Silos.Clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Contains("time", await RefusedAsync(provider, old), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrderPayout_SecondWithinAMinute_IsRefused()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        await provider.OrderAsync(First);

        Assert.Contains("next order is taken from", await RefusedAsync(provider, provider.Payout(Other)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrderPayout_NeverAdmittedForgedForeignOrOutOfRange_IsRefusedAndNamed()
    {
        SampleProvider stranger = SampleProvider.Create(Silos);
        Assert.Contains("admitted", await RefusedAsync(stranger, stranger.Payout(First)), StringComparison.Ordinal);
        Assert.Null(await stranger.Grain.GetAsync());

        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        byte[] forged = provider.Payout(First);
        forged[^1] ^= 1;
        Assert.Contains("signature", await RefusedAsync(provider, forged), StringComparison.Ordinal);
        Assert.Contains("another provider", await RefusedAsync(provider, stranger.Payout(First)), StringComparison.Ordinal);
        Assert.Contains("Statement", await RefusedAsync(provider, provider.Ask(ProviderRequestKind.Statement)), StringComparison.Ordinal);
        Assert.Contains("missing", await RefusedAsync(provider, provider.Ask(ProviderRequestKind.Payout)), StringComparison.Ordinal);
        Assert.Contains("threshold", await RefusedAsync(provider, provider.Payout(First, coins: 0)), StringComparison.Ordinal);
        Assert.Contains("workchain", await RefusedAsync(provider, provider.Payout(new TonAddress(-1, First.Account))), StringComparison.Ordinal);
        Assert.Contains(
            "network",
            await RefusedAsync(provider, provider.Ask(ProviderRequestKind.Payout, new PayoutTerms(First, Nano.FromCoins(1)).ToCell(), network: TonNetwork.Mainnet)),
            StringComparison.Ordinal);
        Assert.Contains(
            "time",
            await RefusedAsync(provider, provider.Ask(ProviderRequestKind.Payout, new PayoutTerms(First, Nano.FromCoins(1)).ToCell(), at: Now + TimeSpan.FromMinutes(11))),
            StringComparison.Ordinal);
        Assert.Contains("bytes", await RefusedAsync(provider, []), StringComparison.Ordinal);
        Assert.Null((await provider.Grain.GetAsync())!.Payout);
    }

    [Fact]
    public async Task GetStatement_Earned_SaysWhatIsDueByDays_AndOnlyToTheProvider()
    {
        SampleProvider provider = await SampleProvider.AdmitAsync(Silos);
        Payer payer = await CreatePayerAsync();
        Guid job = Guid.NewGuid();
        await Job(job).StartAsync(Sample.Start(payer, Now));
        await Job(job).CompleteAsync(Sample.Completion(payer, provider: provider.Id));

        ProviderStatement statement = await provider.Grain.GetStatementAsync(provider.Ask(ProviderRequestKind.Statement), 30);

        Nano due = (await Ledger.GetAccountAsync(provider.Id, default))!.Balance;
        Assert.True(due > Nano.Zero);
        Assert.Equal((due, due, Nano.Zero, Nano.Zero), (statement.Earned, statement.Due, statement.Charged, statement.Promised));
        Assert.Equal([new ProviderDay(DateOnly.FromDateTime(Now.UtcDateTime), 1, due, Nano.Zero, Nano.Zero)], statement.Days);
        SampleProvider other = await SampleProvider.AdmitAsync(Silos);
        await Assert.ThrowsAsync<ArgumentException>(() => provider.Grain.GetStatementAsync(other.Ask(ProviderRequestKind.Statement), 30));
    }

    [Fact]
    public async Task Order_AccountIsAClients_IsRefusedBySql()
    {
        SampleProvider provider = SampleProvider.Create(Silos);
        await Ledger.ExecuteAsync([new CreateAccount(provider.Id, AccountClass.Client, "")], default);

        Assert.Contains("admitted", await RefusedAsync(provider, provider.Payout(First)), StringComparison.Ordinal);
    }

    private static async Task<string> RefusedAsync(SampleProvider provider, byte[] request) =>
        (await Assert.ThrowsAsync<ArgumentException>(() => provider.Grain.OrderPayoutAsync(request))).Message;
}
