using System.Security.Cryptography;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Holds;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Usage;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;
using CsCheck;

namespace CocoonOrleans.Tests.Cluster.Ledger.Operations;

/// <summary>
/// Any order of holds, captures, releases, expiries and transfers of few accounts and jobs, with repeats, faults of the database and kills of the process
/// in between: each answer, and after each step the whole book, is what a model of some dictionaries says.
/// </summary>
public abstract class InterleavingTests(Func<LedgerDatabase> create)
{
    private const long Funds = 1000;
    private static readonly string[] Clients = ["client-1", "client-2"];
    private static readonly string[] Providers = ["provider-1", "provider-2"];
    private static readonly Guid[] Jobs = [.. Enumerable.Range(1, 6).Select(number => new Guid(number, 0, 0, new byte[8]))];

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Frequency(
            (4, Kind.Hold), (3, Kind.Capture), (2, Kind.Release), (1, Kind.Move), (2, Kind.Repeat), (1, Kind.Batch), (1, Kind.Expire), (1, Kind.Drain),
            (1, Kind.Fault), (1, Kind.Kill)),
        Gen.Int[0, Jobs.Length - 1],
        Gen.Int[0, 1],
        Gen.Long[1, 600],
        (kind, job, party, amount) => new Step(kind, job, party, amount));

    public sealed class OnSqlite() : InterleavingTests(() => new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : InterleavingTests(() => new PostgreSqlLedgerDatabase());

    private enum Kind
    {
        Hold,
        Capture,
        Release,
        Move,

        /// <summary>An operation that was done before, once more.</summary>
        Repeat,

        /// <summary>All operations since the last batch once more, in one commit.</summary>
        Batch,

        /// <summary>Time goes on, and what has expired is released.</summary>
        Expire,
        Drain,

        /// <summary>The next operation finds a database that fails, and is repeated when it works again.</summary>
        Fault,

        /// <summary>The process is killed, and another opens what is on the disk.</summary>
        Kill,
    }

    [SkippableFact]
    public async Task Execute_AnyInterleavingWithRepeatsFaultsAndKills_AgreesWithTheModel() =>
        await Steps.Array[1, 40].SampleAsync(RunAsync, iter: 15, threads: 1);

    private async Task RunAsync(Step[] steps)
    {
        var run = new Run(await OpenAsync());
        try
        {
            foreach (Step step in steps)
            {
                await run.DoAsync(step);
                await run.CheckAsync();
            }
        }
        finally
        {
            await run.Database.DisposeAsync();
        }
    }

    private async Task<LedgerDatabase> OpenAsync()
    {
        LedgerDatabase database = create();
        await database.Ledger.ExecuteAsync(
            [
                new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Treasury, WellKnownAccounts.Grants, new Nano(Funds * Clients.Length), "funding"),
                .. Clients.Select(client => new CreateAccount(client, AccountClass.Client, "")),
                .. Providers.Select(provider => new CreateAccount(provider, AccountClass.Provider, "")),
                .. Clients.Select(client => new Transfer(Guid.CreateVersion7(), WellKnownAccounts.Grants, client, new Nano(Funds), "grant")),
            ],
            CancellationToken.None);
        return database;
    }

    /// <summary>One step: what is done, with which job, by which client and provider, and an amount.</summary>
    private sealed record Step(Kind Kind, int Job, int Party, long Amount);

    private sealed class Run(LedgerDatabase database)
    {
        private readonly BookModel _model = new(Clients, Funds);
        private readonly List<LedgerOperation> _done = [];
        private int _batched;
        private bool _fault;

        public LedgerDatabase Database { get; private set; } = database;

        private ILedger Ledger => Database.Ledger;

        private DateTimeOffset Now => Database.Clock.GetUtcNow();

        public Task DoAsync(Step step) => step.Kind switch
        {
            Kind.Hold => ExecuteAsync(Hold(step)),
            Kind.Capture => ExecuteAsync(Capture(step)),
            Kind.Release => ExecuteAsync(new ReleaseHold(Jobs[step.Job], $"reason {step.Amount}")),
            Kind.Move => ExecuteAsync(new Transfer(Guid.CreateVersion7(), Clients[step.Party], Clients[1 - step.Party], new Nano(step.Amount), "move")),
            Kind.Repeat => _done.Count == 0 ? Task.CompletedTask : ExecuteAsync(_done[(int)(step.Amount % _done.Count)]),
            Kind.Batch => BatchAsync(),
            Kind.Expire => ExpireAsync(step),
            Kind.Drain => Ledger.DrainOutboxAsync((int)(step.Amount % 5) + 1, CancellationToken.None),
            Kind.Fault => FailNext(),
            _ => KillAsync(),
        };

        public async Task CheckAsync()
        {
            CancellationToken none = CancellationToken.None;
            foreach (string client in _model.Clients)
            {
                Account? account = await Ledger.GetAccountAsync(client, none);
                Assert.Equal((_model.Balance(client), _model.Held(client)), (account!.Balance.Value, account.Held.Value));
                IReadOnlyList<UsageRow> usage = await Ledger.GetUsageAsync(
                    client, DateOnly.FromDateTime(Now.UtcDateTime).AddDays(-1), DateOnly.FromDateTime(Now.UtcDateTime), UsagePeriod.Day, none);
                Assert.Equal(_model.Count(client, HoldState.Captured), usage.Sum(row => row.Jobs));
                Assert.Equal(_model.Count(client, HoldState.Released), usage.Sum(row => row.ReleasedJobs));
            }

            int late = 0;
            foreach (string provider in Providers)
            {
                Assert.Equal(_model.Earned(provider), (await Ledger.GetAccountAsync(provider, none))!.Balance.Value);
                late += (await Ledger.ListLateCompletionsAsync(provider, 100, none)).Count;
            }

            Assert.Equal(_model.Late.Count, late);
            Assert.Equal(_model.Commission, (await Ledger.GetAccountAsync(WellKnownAccounts.Commission, none))!.Balance.Value);
            Assert.Empty(await Ledger.CheckInvariantsAsync(none));
        }

        private async Task ExecuteAsync(params LedgerOperation[] operations)
        {
            if (_fault)
            {
                _fault = false;
                IReadOnlyList<LedgerResult>? despite;
                using (Database.Fault("UPDATE", "payers"))
                {
                    despite = await TryExecuteAsync(operations);
                }

                if (despite is not null)
                {
                    // Nothing of it moves money: the fault was not met.
                    Agree(operations, despite);
                    return;
                }

                await CheckAsync();
            }

            IReadOnlyList<LedgerResult> results = await Ledger.ExecuteAsync(operations, CancellationToken.None);
            Agree(operations, results);
        }

        private void Agree(LedgerOperation[] operations, IReadOnlyList<LedgerResult> results)
        {
            string[] expected = [.. operations.Select(_model.Apply)];
            Assert.Equal(expected, results.Select(BookModel.Describe));
            _done.AddRange(operations);
        }

        private async Task<IReadOnlyList<LedgerResult>?> TryExecuteAsync(LedgerOperation[] operations)
        {
            try
            {
                return await Ledger.ExecuteAsync(operations, CancellationToken.None);
            }
            catch (LedgerUnavailableException)
            {
                return null;
            }
        }

        private async Task BatchAsync()
        {
            LedgerOperation[] batch = [.. _done.Skip(_batched)];
            _batched = _done.Count;
            if (batch.Length > 0)
            {
                await ExecuteAsync(batch);
            }
        }

        private async Task ExpireAsync(Step step)
        {
            Database.Clock.Advance(TimeSpan.FromMinutes(step.Amount % 7));
            List<Guid> expired = [];
            for (int shard = 0; shard < 16; shard++)
            {
                expired.AddRange((await Ledger.ListExpiredHoldsAsync(Now, shard, 16, 100, CancellationToken.None)).Select(hold => hold.JobId));
            }

            Assert.Equal(_model.Expired(Now).Order(), expired.Order());
            foreach (Guid job in expired)
            {
                await ExecuteAsync(new ReleaseHold(job, "expired"));
            }
        }

        private Task FailNext()
        {
            _fault = true;
            return Task.CompletedTask;
        }

        private async Task KillAsync()
        {
            LedgerDatabase after = await Database.KillAndReopenAsync();
            after.Clock.SetUtcNow(Now);
            await Database.DisposeAsync();
            Database = after;
        }

        private PlaceHold Hold(Step step) => new()
        {
            JobId = Jobs[step.Job],
            AccountId = Clients[step.Party],
            ApiKeyId = null,
            Amount = new Nano(step.Amount),
            ExpiresAt = Now.AddMinutes(step.Amount % 10),
            RequestHash = SHA256.HashData("request"u8),
            Model = "house",
            PromptTokens = 10,
            MaxCompletionTokens = 20,
            PriceCap = default,
        };

        private static CaptureHold Capture(Step step) => new()
        {
            JobId = Jobs[step.Job],
            ProviderAccountId = Providers[step.Party],
            WorkerId = $"worker-{step.Amount % 2}",
            Prices = default,
            Usage = new TokenUsage(Prompt: 10, Cached: 0, Completion: 7),
            Amount = new Nano(step.Amount - 1),
            CommissionBasisPoints = (int)(step.Amount * 7 % (LedgerLimits.BasisPoints + 1)),
            Status = CompletionStatus.Complete,
            ReportHash = null,
        };
    }
}
