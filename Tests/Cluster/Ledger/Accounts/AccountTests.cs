using System.Security.Cryptography;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Tests.Cluster.Ledger.Accounts;

public abstract class AccountTests(LedgerDatabase database) : LedgerSuite(database)
{
    public sealed class OnSqlite() : AccountTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : AccountTests(new PostgreSqlLedgerDatabase());

    [SkippableTheory]
    [InlineData(AccountClass.Client)]
    [InlineData(AccountClass.Provider)]
    public async Task CreateAccount_New_IsOpenAndEmpty(AccountClass accountClass)
    {
        AccountCreated created = await Do<AccountCreated>(new CreateAccount("new", accountClass, "the label"));

        Assert.False(created.Repeated);
        Assert.Equal(new Account("new", accountClass, "the label", Nano.Zero, Nano.Zero, Now, null), created.Account);
        Assert.Equal(created.Account, await Read("new"));
    }

    [SkippableFact]
    public async Task CreateAccount_Repeated_KeepsTheFirst()
    {
        AccountCreated repeated = await Do<AccountCreated>(new CreateAccount(Client, AccountClass.Client, "another label"));

        Assert.True(repeated.Repeated);
        Assert.Equal(("", new Nano(1000)), (repeated.Account.Label, repeated.Account.Balance));
    }

    [SkippableTheory]
    [InlineData(Client, AccountClass.Provider)]
    [InlineData(WellKnownAccounts.Treasury, AccountClass.Client)]
    public async Task CreateAccount_IdOfAnotherClass_IsTold(string account, AccountClass accountClass) =>
        await Do<IdReused>(new CreateAccount(account, accountClass, ""));

    [SkippableFact]
    public async Task CloseAccount_Repeated_KeepsTheFirstTime()
    {
        AccountClosed first = await Do<AccountClosed>(new CloseAccount(Client));
        Database.Clock.Advance(TimeSpan.FromMinutes(1));

        AccountClosed second = await Do<AccountClosed>(new CloseAccount(Client));

        Assert.Equal((false, true), (first.Repeated, second.Repeated));
        Assert.Equal(first.Account.ClosedAt, second.Account.ClosedAt);
    }

    [SkippableTheory]
    [InlineData("nobody", AccountRefusal.Unknown)]
    [InlineData(WellKnownAccounts.Grants, AccountRefusal.WrongClass)]
    public async Task CloseAccount_NoneOrTheLedgersOwn_IsRefused(string account, AccountRefusal reason) =>
        Assert.Equal(new AccountRefused(account, reason), await Do(new CloseAccount(account)));

    [SkippableFact]
    public async Task GetAccount_NoSuchAccount_IsNull() => Assert.Null(await Ledger.GetAccountAsync("nobody", CancellationToken.None));

    [SkippableFact]
    public async Task FindApiKey_Created_HoldsTheHashThatTheKeyMatches()
    {
        ApiKey key = ApiKey.Create(Client);
        await Do<ApiKeyCreated>(new CreateApiKey(key.KeyId, key.SecretHash, "laptop"));

        StoredApiKey? stored = await Ledger.FindApiKeyAsync(key.KeyId, CancellationToken.None);

        Assert.NotNull(stored);
        Assert.Equal((key.KeyId, Client, "laptop", Now, null), (stored.KeyId, stored.AccountId, stored.Label, stored.CreatedAt, stored.RevokedAt));
        Assert.True(key.Matches(stored.SecretHash.Span));
    }

    [SkippableFact]
    public async Task CreateApiKey_RepeatedWithOtherSecret_IsTold()
    {
        await Do<ApiKeyCreated>(new CreateApiKey($"{Client}.00000001", SHA256.HashData("one"u8), ""));

        Assert.True((await Do<ApiKeyCreated>(new CreateApiKey($"{Client}.00000001", SHA256.HashData("one"u8), ""))).Repeated);
        await Do<IdReused>(new CreateApiKey($"{Client}.00000001", SHA256.HashData("two"u8), ""));
    }

    [SkippableTheory]
    [InlineData(null, false)]
    [InlineData("confidential", true)]
    [InlineData("tdx", false)]
    public async Task CreateApiKey_WithTrust_KeepsIt(string? lowest, bool mayLower)
    {
        var creation = new CreateApiKey($"{Client}.00000001", SHA256.HashData("one"u8), "") { Trust = new KeyTrust(lowest, mayLower) };
        await Do<ApiKeyCreated>(creation);

        Assert.Equal(creation.Trust, (await Ledger.FindApiKeyAsync(creation.KeyId, CancellationToken.None))!.Trust);
        Assert.True((await Do<ApiKeyCreated>(creation)).Repeated);
        await Do<IdReused>(creation with { Trust = new KeyTrust("open", mayLower) });
    }

    [SkippableFact]
    public async Task CreateApiKey_TrustThatIsNone_IsRefused() =>
        Assert.Equal("Trust", (await Do<OperationInvalid>(new CreateApiKey($"{Client}.00000001", SHA256.HashData("one"u8), "") { Trust = new KeyTrust("simulated", false) })).Field);

    [SkippableTheory]
    [InlineData("nobody", AccountRefusal.Unknown)]
    [InlineData(Provider, AccountRefusal.WrongClass)]
    public async Task CreateApiKey_AccountThatIsNoClient_IsRefused(string account, AccountRefusal reason) =>
        Assert.Equal(new AccountRefused(account, reason), await Do(new CreateApiKey($"{account}.00000001", SHA256.HashData("one"u8), "")));

    [SkippableFact]
    public async Task RevokeApiKey_Repeated_KeepsTheFirstTime()
    {
        await Do<ApiKeyCreated>(new CreateApiKey($"{Client}.00000001", SHA256.HashData("one"u8), ""));
        ApiKeyRevoked first = await Do<ApiKeyRevoked>(new RevokeApiKey($"{Client}.00000001"));
        Database.Clock.Advance(TimeSpan.FromMinutes(1));

        ApiKeyRevoked second = await Do<ApiKeyRevoked>(new RevokeApiKey($"{Client}.00000001"));

        Assert.Equal((false, true), (first.Repeated, second.Repeated));
        Assert.Equal(Now.AddMinutes(-1), second.Key.RevokedAt);
    }

    [SkippableFact]
    public async Task RevokeApiKey_NoSuchKey_IsTold() =>
        Assert.Equal(new ApiKeyRefused($"{Client}.00000009", Revoked: false), await Do(new RevokeApiKey($"{Client}.00000009")));
}
