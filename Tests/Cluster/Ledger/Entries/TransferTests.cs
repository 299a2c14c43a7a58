using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Entries;

public abstract class TransferTests(LedgerDatabase database) : LedgerSuite(database)
{
    private readonly Guid _id = Guid.CreateVersion7();

    public sealed class OnSqlite() : TransferTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : TransferTests(new PostgreSqlLedgerDatabase());

    [SkippableFact]
    public async Task Transfer_Grant_MovesLabelledMoneyFromTheFundedAccount()
    {
        Transferred moved = await Do<Transferred>(new Transfer(_id, WellKnownAccounts.Grants, Client, new Nano(50), "development grant"));

        Assert.False(moved.Repeated);
        Assert.Equal(new Nano(1050), (await Read(Client)).Balance);
        Assert.Equal(new Nano(998_950), (await Read(WellKnownAccounts.Grants)).Balance);
        LedgerEntry entry = (await Ledger.ListEntriesAsync(Client, before: null, 1, CancellationToken.None))[0];
        Assert.Equal((_id, TransactionKind.Transfer, new Nano(50), "development grant"), (entry.TransactionId, entry.Kind, entry.Amount, entry.Reason));
    }

    [SkippableFact]
    public async Task Transfer_FromAnUnfundedGrantsAccount_IsRefused()
    {
        InsufficientBalance refused = await Do<InsufficientBalance>(new Transfer(_id, WellKnownAccounts.Grants, Client, new Nano(1_000_000), "grant"));

        Assert.Equal(new Nano(1000), refused.Shortfall);
    }

    [SkippableFact]
    public async Task Transfer_HeldMoney_IsRefused()
    {
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 600));

        Assert.Equal(
            new InsufficientBalance(new Nano(1000), new Nano(600), new Nano(1)),
            await Do(new Transfer(_id, Client, WellKnownAccounts.Grants, new Nano(401), "return")));
    }

    [SkippableFact]
    public async Task Transfer_FromTheTreasury_MakesItOwe() => Assert.Equal(new Nano(-1_000_000), (await Read(WellKnownAccounts.Treasury)).Balance);

    [SkippableFact]
    public async Task Transfer_AllTheMoneyThereCanBe_IsTheLimit()
    {
        await Do<Transferred>(new Transfer(_id, WellKnownAccounts.Treasury, WellKnownAccounts.Grants, new Nano(long.MaxValue - 1_000_000), "all"));

        InsufficientBalance refused = await Do<InsufficientBalance>(
            new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Treasury, WellKnownAccounts.Grants, new Nano(1), "one more"));

        Assert.Equal(new Nano(1), refused.Shortfall);
        Assert.Equal(new Nano(-long.MaxValue), (await Read(WellKnownAccounts.Treasury)).Balance);
    }

    [SkippableFact]
    public async Task Transfer_Repeated_MovesOnce()
    {
        Transfer transfer = new(_id, WellKnownAccounts.Grants, Client, new Nano(50), "grant");
        await Do<Transferred>(transfer);

        Transferred repeated = await Do<Transferred>(transfer);

        Assert.True(repeated.Repeated);
        Assert.Equal(new Nano(1050), (await Read(Client)).Balance);
    }

    [SkippableFact]
    public async Task Transfer_SameIdOtherContent_IsTold()
    {
        Transfer transfer = new(_id, WellKnownAccounts.Grants, Client, new Nano(50), "grant");
        await Do<Transferred>(transfer);

        await Do<IdReused>(transfer with { Amount = new Nano(51) });
        await Do<IdReused>(transfer with { To = Provider });
        await Do<IdReused>(transfer with { From = Client, To = WellKnownAccounts.Grants });
        await Do<IdReused>(transfer with { Reason = "another" });
    }

    [SkippableFact]
    public async Task Transfer_IdOfAJob_IsTold()
    {
        await Do<HoldPlaced>(Hold(_id, 600));
        await Do<HoldCaptured>(Capture(_id, 50));

        await Do<IdReused>(new Transfer(_id, WellKnownAccounts.Grants, Client, new Nano(50), "grant"));
    }

    [SkippableTheory]
    [InlineData("nobody", Client, "nobody", AccountRefusal.Unknown)]
    [InlineData(Client, "nobody", "nobody", AccountRefusal.Unknown)]
    [InlineData(Provider, Client, Provider, AccountRefusal.WrongClass)]
    [InlineData("commission", Client, "commission", AccountRefusal.WrongClass)]
    public async Task Transfer_AccountThatCannotTakePart_IsRefused(string from, string to, string refused, AccountRefusal reason) =>
        Assert.Equal(new AccountRefused(refused, reason), await Do(new Transfer(_id, from, to, new Nano(1), "move")));

    [SkippableFact]
    public async Task Transfer_ToAClosedAccount_IsRefused()
    {
        await Do<AccountClosed>(new CloseAccount(Client));

        Assert.Equal(
            new AccountRefused(Client, AccountRefusal.Closed), await Do(new Transfer(_id, WellKnownAccounts.Grants, Client, new Nano(1), "grant")));
    }

    [SkippableFact]
    public async Task ListEntries_InPages_ListsEachEntryOnceNewestFirst()
    {
        await Ledger.ExecuteAsync(
            [.. Enumerable.Range(1, 4).Select(i => new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Grants, Client, new Nano(i), "grant"))],
            CancellationToken.None);

        IReadOnlyList<LedgerEntry> newest = await Ledger.ListEntriesAsync(Client, before: null, 3, CancellationToken.None);
        IReadOnlyList<LedgerEntry> older = await Ledger.ListEntriesAsync(Client, newest[^1].Sequence, 3, CancellationToken.None);

        Assert.Equal([4L, 3, 2, 1, 1000], newest.Concat(older).Select(entry => entry.Amount.Value));
    }
}
