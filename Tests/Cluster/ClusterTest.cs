using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Ledger;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>A test on the shared silos; when it ends, every rule of the book must hold.</summary>
public abstract class ClusterTest(TwoSilos silos) : IAsyncLifetime
{
    protected TwoSilos Silos => silos;

    protected ILedger Ledger => silos.Ledgers[0];

    protected DateTimeOffset Now => silos.Now;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => Assert.Empty(await Ledger.CheckInvariantsAsync(CancellationToken.None));

    protected IJobGrain Job(Guid jobId) => silos.Client.GetGrain<IJobGrain>(jobId);

    protected IClientAccountGrain Account(string accountId) => silos.Client.GetGrain<IClientAccountGrain>(accountId);

    protected IWorkerGrain Worker(string workerId) => silos.Client.GetGrain<IWorkerGrain>(workerId);

    /// <summary>A new account with the grant and one key.</summary>
    protected Task<Payer> CreatePayerAsync() => Payer.CreateAsync(silos);

    /// <summary>Reads what an account has and holds.</summary>
    protected async Task<(long Balance, long Held)> ReadAsync(string accountId)
    {
        AccountView? view = await Account(accountId).GetAsync();
        Assert.NotNull(view);
        return (view.Balance.Value, view.Held.Value);
    }
}

/// <summary>An account with a key.</summary>
public sealed record Payer(string AccountId, ApiKey Key)
{
    public static async Task<Payer> CreateAsync(TwoSilos silos)
    {
        string id = CocoonOrleans.Market.Accounts.AccountId.Create("acct", silos.Clock);
        IClientAccountGrain account = silos.Client.GetGrain<IClientAccountGrain>(id);
        await account.CreateAsync(new AccountCreation("test"));
        var key = ApiKey.Create(id);
        Assert.True(await account.AddKeyAsync(new ApiKeyCreation(key.KeyId, key.SecretHash.ToArray(), "test")));
        return new Payer(id, key);
    }
}
