using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Operations;

public abstract class ConcurrencyTests(LedgerDatabase database) : LedgerSuite(database)
{
    private const int Callers = 64;
    private const int StepsPerCaller = 40;

    public sealed class OnSqlite() : ConcurrencyTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : ConcurrencyTests(new PostgreSqlLedgerDatabase());

    /// <summary>
    /// 64 callers hold, capture, release, repeat and come late on three accounts that can't pay for all of it. What each was told must add up to what the
    /// book says, to the nano.
    /// </summary>
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Execute_ManyCallersOnFewAccounts_AddsUpToTheNano(int seed)
    {
        string[] clients = [Client, "client-2", "client-3"];
        await Ledger.ExecuteAsync(
            [
                .. clients.Skip(1).Select(client => new CreateAccount(client, AccountClass.Client, "")),
                .. clients.Skip(1).Select(client => new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Grants, client, new Nano(1000), "grant")),
            ],
            CancellationToken.None);

        Told[] told = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => Call(new Random(seed * 1000 + caller), clients))));

        foreach (string client in clients)
        {
            Account account = await Read(client);
            Assert.Equal(1000 - told.Sum(caller => caller.Charged[client]), account.Balance.Value);
            Assert.Equal(told.Sum(caller => caller.StillHeld[client]), account.Held.Value);
        }

        Assert.Equal(told.Sum(caller => caller.Earned), (await Read(Provider)).Balance.Value);
        Assert.True(told.Sum(caller => caller.Refused) > 0, "the accounts were never short, so the predicate was never asked");
        Assert.True(told.Sum(caller => caller.Charged.Values.Sum()) > 0, "nothing was ever charged");
    }

    private async Task<Told> Call(Random random, string[] clients)
    {
        Told told = new(clients);
        for (int step = 0; step < StepsPerCaller; step++)
        {
            string client = clients[random.Next(clients.Length)];
            Guid job = Guid.CreateVersion7();
            PlaceHold hold = Hold(job, random.Next(1, 60), client);
            if (await Do(hold) is InsufficientBalance)
            {
                told.Refused++;
                continue;
            }

            if (random.Next(4) == 0)
            {
                Assert.True((await Do<HoldPlaced>(hold)).Repeated);
            }

            switch (random.Next(10))
            {
                case 0:
                    told.StillHeld[client] += hold.Amount.Value;
                    break;
                case <= 5:
                    await Do<HoldReleased>(new ReleaseHold(job, "no_capacity"));
                    await Do<CaptureTooLate>(Capture(job, 1));
                    break;
                default:
                    // Two completions of one job at once, of different amounts: one of them counts, and both are told which.
                    LedgerResult[] results = await Task.WhenAll(Do(Capture(job, random.Next(0, 4))), Do(Capture(job, random.Next(0, 4))));
                    HoldCaptured first = results.Cast<HoldCaptured>().Single(result => !result.Repeated);
                    HoldCaptured second = results.Cast<HoldCaptured>().Single(result => result.Repeated);
                    Assert.Equal(first.Hold.Capture!.Amount, second.Hold.Capture!.Amount);
                    told.Charged[client] += first.Hold.Capture.Amount.Value;
                    told.Earned += first.Hold.Capture.ProviderAmount.Value;
                    break;
            }

            if (random.Next(20) == 0)
            {
                await Ledger.DrainOutboxAsync(random.Next(1, 50), CancellationToken.None);
            }
        }

        return told;
    }

    private sealed class Told(string[] clients)
    {
        public Dictionary<string, long> Charged { get; } = clients.ToDictionary(client => client, _ => 0L);

        public Dictionary<string, long> StillHeld { get; } = clients.ToDictionary(client => client, _ => 0L);

        public long Earned { get; set; }

        public int Refused { get; set; }
    }
}
