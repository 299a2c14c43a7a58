using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Tests.Cluster.Accounts;

[Collection(TwoSilosCollection.Name)]
public sealed class ClientAccountGrainTests(TwoSilos silos) : ClusterTest(silos)
{
    private readonly string _id = AccountId.Create("acct", silos.Clock);

    [Fact]
    public async Task Create_InDevelopment_GivesALabelledGrantOnce()
    {
        await Account(_id).CreateAsync(new AccountCreation("bot"));

        AccountView again = await Account(_id).CreateAsync(new AccountCreation("other"));

        Assert.Equal(new AccountView(_id, "bot", new Nano(TwoSilos.Grant), Nano.Zero, Now, Closed: false), again);
        LedgerEntry entry = Assert.Single(await Ledger.ListEntriesAsync(_id, null, 10, CancellationToken.None));
        Assert.Equal("development grant", entry.Reason);
    }

    [Fact]
    public async Task Create_LabelTooLong_IsRefused()
    {
        ArgumentException error = await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Account(_id).CreateAsync(new AccountCreation(new string('x', 101))));

        Assert.Contains("label", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Null(await Account(_id).GetAsync());
    }

    [Theory]
    [InlineData("commission")]
    [InlineData("a b")]
    public async Task Create_IdThatNoClientMayHave_IsRefusedAndMovesNoMoney(string id)
    {
        Nano? before = (await Ledger.GetAccountAsync("treasury", CancellationToken.None))?.Balance;

        await Assert.ThrowsAsync<ArgumentException>(() => Account(id).CreateAsync(new AccountCreation("")));

        Assert.Null(await Account(id).GetAsync());
        Assert.Equal(before, (await Ledger.GetAccountAsync("treasury", CancellationToken.None))?.Balance);
    }

    [Fact]
    public async Task FindKey_KnownAndUnknown_TellsTheStoredHash()
    {
        Payer payer = await CreatePayerAsync();

        ApiKeyView? key = await Account(payer.AccountId).FindKeyAsync(payer.Key.KeyId);

        Assert.True(payer.Key.Matches(key?.SecretSha256));
        Assert.Null(await Account(payer.AccountId).FindKeyAsync($"{payer.AccountId}.00000000"));
        Assert.Null(await Account(_id).FindKeyAsync(payer.Key.KeyId));
    }

    [Fact]
    public async Task RevokeKey_KeyInTheCache_IsToldAtOnce()
    {
        Payer payer = await CreatePayerAsync();
        Assert.Null((await Account(payer.AccountId).FindKeyAsync(payer.Key.KeyId))?.RevokedAt);

        Assert.True(await Account(payer.AccountId).RevokeKeyAsync(payer.Key.KeyId));

        Assert.Equal(Now, (await Account(payer.AccountId).FindKeyAsync(payer.Key.KeyId))?.RevokedAt);
    }

    [Fact]
    public async Task AddKey_IdTakenByAnotherSecret_IsRefused()
    {
        Payer payer = await CreatePayerAsync();

        Assert.False(await Account(payer.AccountId).AddKeyAsync(new ApiKeyCreation(payer.Key.KeyId, new byte[32], "")));
    }

    [Fact]
    public async Task AddKey_OfAnotherAccount_IsRefused()
    {
        Payer payer = await CreatePayerAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => Account(_id).AddKeyAsync(new ApiKeyCreation(payer.Key.KeyId, new byte[32], "")));
    }

    [Fact]
    public async Task GetUsage_AfterJobs_SumsThemByDayAndModel()
    {
        Payer payer = await CreatePayerAsync();
        for (int i = 0; i < 3; i++)
        {
            var job = Guid.NewGuid();
            await Job(job).StartAsync(Sample.Start(payer, Now));
            await Job(job).CompleteAsync(Sample.Completion(payer, 100, 200));
        }

        UsageDay day = Assert.Single(await Account(payer.AccountId).GetUsageAsync(7));

        Assert.Equal(new UsageDay(DateOnly.FromDateTime(Now.UtcDateTime), Sample.Model, 3, 300, 600, new Nano(900)), day);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    public async Task GetUsage_DaysOutOfRange_IsRefused(int days) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Account(_id).GetUsageAsync(days));
}
