using System.Security.Cryptography;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Holds;

public abstract class PlaceHoldTests(LedgerDatabase database) : LedgerSuite(database)
{
    private readonly Guid _job = Guid.CreateVersion7();

    public sealed class OnSqlite() : PlaceHoldTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : PlaceHoldTests(new PostgreSqlLedgerDatabase());

    [SkippableFact]
    public async Task PlaceHold_EnoughBalance_SetsTheMoneyAside()
    {
        HoldPlaced placed = await Do<HoldPlaced>(Hold(_job, 600));

        Assert.False(placed.Repeated);
        Assert.Equal(HoldState.Open, placed.Hold.State);
        Assert.Equal((new Nano(1000), new Nano(600), new Nano(400)), await Balances());
    }

    [SkippableFact]
    public async Task PlaceHold_Placed_IsReadBackAsItWasAsked()
    {
        PlaceHold asked = Hold(_job, 600);
        await Do<HoldPlaced>(asked);

        Hold? read = await Ledger.GetHoldAsync(_job, CancellationToken.None);

        Assert.NotNull(read);
        Assert.Equal(asked.RequestHash.ToArray(), read.RequestHash.ToArray());
        Assert.Equal(
            (asked.JobId, asked.AccountId, asked.ApiKeyId, asked.Amount, asked.Model, asked.PromptTokens, asked.MaxCompletionTokens, asked.PriceCap, asked.ExpiresAt),
            (read.JobId, read.AccountId, read.ApiKeyId, read.Amount, read.Model, read.PromptTokens, read.MaxCompletionTokens, read.PriceCap, read.ExpiresAt));
        Assert.Equal(Now, read.CreatedAt);
        Assert.Null(read.Capture);
        Assert.Null(read.Release);
    }

    [SkippableFact]
    public async Task PlaceHold_ExactlyTheBalance_IsPlaced() => await Do<HoldPlaced>(Hold(_job, 1000));

    [SkippableFact]
    public async Task PlaceHold_OneNanoTooMuch_IsRefusedWithTheShortfall()
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        InsufficientBalance refused = await Do<InsufficientBalance>(Hold(Guid.CreateVersion7(), 401));

        Assert.Equal(new InsufficientBalance(new Nano(1000), new Nano(600), new Nano(1)), refused);
        Assert.Equal((new Nano(1000), new Nano(600), new Nano(400)), await Balances());
    }

    [SkippableFact]
    public async Task PlaceHold_LargestAmount_IsRefusedWithoutOverflow()
    {
        await Do<HoldPlaced>(Hold(_job, 1));

        InsufficientBalance refused = await Do<InsufficientBalance>(Hold(Guid.CreateVersion7(), long.MaxValue));

        Assert.Equal(long.MaxValue - 999, refused.Shortfall.Value);
    }

    [SkippableFact]
    public async Task PlaceHold_Repeated_ReturnsTheFirstResult()
    {
        HoldPlaced first = await Do<HoldPlaced>(Hold(_job, 600));
        Database.Clock.Advance(TimeSpan.FromMinutes(1));

        HoldPlaced second = await Do<HoldPlaced>(Hold(_job, 600));

        Assert.True(second.Repeated);
        Assert.Equal(first.Hold.CreatedAt, second.Hold.CreatedAt);
        Assert.Equal((new Nano(1000), new Nano(600), new Nano(400)), await Balances());
    }

    [SkippableFact]
    public async Task PlaceHold_RepeatedAfterCapture_ShowsTheCapture()
    {
        await Do<HoldPlaced>(Hold(_job, 600));
        await Do<HoldCaptured>(Capture(_job, 500));

        HoldPlaced repeated = await Do<HoldPlaced>(Hold(_job, 600));

        Assert.True(repeated.Repeated);
        Assert.Equal(HoldState.Captured, repeated.Hold.State);
        Assert.Equal(new Nano(500), repeated.Hold.Capture?.Amount);
    }

    [SkippableFact]
    public async Task PlaceHold_SameJobOtherRequest_IsTold()
    {
        await Do<HoldPlaced>(Hold(_job, 600));

        await Do<IdReused>(Hold(_job, 600) with { RequestHash = SHA256.HashData("another request"u8) });
    }

    [SkippableFact]
    public async Task PlaceHold_SameJobOtherAccount_IsTold()
    {
        await Do<AccountCreated>(new CreateAccount("client-2", CocoonOrleans.Ledger.Accounts.AccountClass.Client, ""));
        await Do<HoldPlaced>(Hold(_job, 600));

        await Do<IdReused>(Hold(_job, 600, account: "client-2"));
    }

    [SkippableTheory]
    [InlineData("nobody", AccountRefusal.Unknown)]
    [InlineData(Provider, AccountRefusal.WrongClass)]
    [InlineData("grants", AccountRefusal.WrongClass)]
    [InlineData("treasury", AccountRefusal.WrongClass)]
    public async Task PlaceHold_AccountThatIsNoClient_IsRefused(string account, AccountRefusal reason) =>
        Assert.Equal(new AccountRefused(account, reason), await Do(Hold(_job, 1, account)));

    [SkippableFact]
    public async Task PlaceHold_ClosedAccount_IsRefused()
    {
        await Do<AccountClosed>(new CloseAccount(Client));

        Assert.Equal(new AccountRefused(Client, AccountRefusal.Closed), await Do(Hold(_job, 1)));
    }

    [SkippableFact]
    public async Task PlaceHold_GoodKey_IsPlaced()
    {
        await Do<ApiKeyCreated>(new CreateApiKey($"{Client}.00000001", SHA256.HashData("secret"u8), ""));

        HoldPlaced placed = await Do<HoldPlaced>(Hold(_job, 1) with { ApiKeyId = $"{Client}.00000001" });

        Assert.Equal($"{Client}.00000001", placed.Hold.ApiKeyId);
    }

    [SkippableFact]
    public async Task PlaceHold_RevokedKey_IsRefused()
    {
        await Do<ApiKeyCreated>(new CreateApiKey($"{Client}.00000001", SHA256.HashData("secret"u8), ""));
        await Do<ApiKeyRevoked>(new RevokeApiKey($"{Client}.00000001"));

        LedgerResult refused = await Do(Hold(_job, 1) with { ApiKeyId = $"{Client}.00000001" });

        Assert.Equal(new ApiKeyRefused($"{Client}.00000001", Revoked: true), refused);
    }

    [SkippableFact]
    public async Task PlaceHold_KeyOfAnotherAccount_IsRefused()
    {
        await Do<AccountCreated>(new CreateAccount("client-2", CocoonOrleans.Ledger.Accounts.AccountClass.Client, ""));
        await Do<ApiKeyCreated>(new CreateApiKey("client-2.00000001", SHA256.HashData("secret"u8), ""));

        LedgerResult refused = await Do(Hold(_job, 1) with { ApiKeyId = "client-2.00000001" });

        Assert.Equal(new ApiKeyRefused("client-2.00000001", Revoked: false), refused);
    }

    private async Task<(Nano Balance, Nano Held, Nano Available)> Balances()
    {
        CocoonOrleans.Ledger.Accounts.Account account = await Read(Client);
        return (account.Balance, account.Held, account.Available);
    }
}
