using System.Security.Cryptography;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Cluster.Ledger;

/// <summary>A fresh ledger for each test, whose rules are checked in SQL when the test ends.</summary>
public abstract class LedgerSuite(LedgerDatabase database) : IAsyncLifetime
{
    public const string Client = "client-1";
    public const string Provider = "provider-1";
    public const string Model = "house";

    protected LedgerDatabase Database { get; } = database;

    protected ILedger Ledger => Database.Ledger;

    protected DateTimeOffset Now => Database.Clock.GetUtcNow();

    /// <summary>Whether a test leaves the book in order; false where it tampers on purpose.</summary>
    protected virtual bool EndsInOrder => true;

    /// <summary>One client with 1,000 nano and one provider.</summary>
    public virtual async Task InitializeAsync() => await Ledger.ExecuteAsync(
        [
            new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Treasury, WellKnownAccounts.Grants, new Nano(1_000_000), "development funding"),
            new CreateAccount(Client, AccountClass.Client, ""),
            new CreateAccount(Provider, AccountClass.Provider, ""),
            new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Grants, Client, new Nano(1000), "development grant"),
        ],
        CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (EndsInOrder)
        {
            Assert.Empty(await Ledger.CheckInvariantsAsync(CancellationToken.None));
        }

        await Database.DisposeAsync();
    }

    protected async Task<LedgerResult> Do(LedgerOperation operation) => Assert.Single(await Ledger.ExecuteAsync([operation], CancellationToken.None));

    protected async Task<T> Do<T>(LedgerOperation operation)
        where T : LedgerResult => Assert.IsType<T>(await Do(operation));

    protected async Task<Account> Read(string account)
    {
        Account? read = await Ledger.GetAccountAsync(account, CancellationToken.None);
        Assert.NotNull(read);
        return read;
    }

    protected PlaceHold Hold(Guid job, long amount, string account = Client) => new()
    {
        JobId = job,
        AccountId = account,
        ApiKeyId = null,
        Amount = new Nano(amount),
        ExpiresAt = Now.AddMinutes(5),
        RequestHash = SHA256.HashData("request"u8),
        Model = Model,
        PromptTokens = 10,
        MaxCompletionTokens = 20,
        PriceCap = new TokenPrices(new Nano(1_000_000), new Nano(500_000), new Nano(3_000_000), new Nano(1)),
    };

    protected static CaptureHold Capture(Guid job, long amount, string provider = Provider) => new()
    {
        JobId = job,
        ProviderAccountId = provider,
        WorkerId = "worker-1",
        Prices = new TokenPrices(new Nano(900_000), new Nano(400_000), new Nano(2_000_000), new Nano(1)),
        Usage = new TokenUsage(Prompt: 10, Cached: 4, Completion: 7, Reasoning: 2),
        Amount = new Nano(amount),
        Status = CompletionStatus.Complete,
        ReportHash = SHA256.HashData("report"u8),
    };
}
