using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Market;
using CocoonOrleans.Market.Prices;

namespace CocoonOrleans.Tests.Cluster.Ledger.Operations;

public abstract class BatchTests(LedgerDatabase database) : LedgerSuite(database)
{
    private readonly Guid _job = Guid.CreateVersion7();

    public sealed class OnSqlite() : BatchTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : BatchTests(new PostgreSqlLedgerDatabase());

    public static TheoryData<string> BadOperations => [.. BadOperation.Keys];

    private static Dictionary<string, Func<BatchTests, LedgerOperation>> BadOperation { get; } = new()
    {
        ["JobId"] = suite => suite.Hold(Guid.Empty, 1),
        ["AccountId"] = suite => suite.Hold(suite._job, 1, account: "a_b"),
        ["ApiKeyId"] = suite => suite.Hold(suite._job, 1) with { ApiKeyId = "no key" },
        ["Amount"] = suite => suite.Hold(suite._job, 0),
        ["Amount, negative"] = suite => Capture(suite._job, -1),
        ["Amount, smallest"] = suite => new Transfer(suite._job, Client, Provider, new Nano(long.MinValue), "move"),
        ["RequestHash"] = suite => suite.Hold(suite._job, 1) with { RequestHash = new byte[31] },
        ["Model"] = suite => suite.Hold(suite._job, 1) with { Model = "" },
        ["PromptTokens"] = suite => suite.Hold(suite._job, 1) with { PromptTokens = -1 },
        ["MaxCompletionTokens"] = suite => suite.Hold(suite._job, 1) with { MaxCompletionTokens = LedgerLimits.MaxTokens + 1 },
        ["PriceCap"] = suite => suite.Hold(suite._job, 1) with { PriceCap = new TokenPrices(new Nano(-1), Nano.Zero, Nano.Zero) },
        ["ProviderAccountId"] = suite => Capture(suite._job, 1, provider: ""),
        ["WorkerId"] = suite => Capture(suite._job, 1) with { WorkerId = new string('w', LedgerLimits.MaxTextLength + 1) },
        ["Prices"] = suite => Capture(suite._job, 1) with { Prices = new TokenPrices(Nano.Zero, Nano.Zero, new Nano(-1)) },
        ["Usage"] = suite => Capture(suite._job, 1) with { Usage = new TokenUsage(Prompt: 1, Cached: 2, Completion: 0) },
        ["CommissionBasisPoints"] = suite => Capture(suite._job, 1) with { CommissionBasisPoints = 10_001 },
        ["Status"] = suite => Capture(suite._job, 1) with { Status = (CocoonOrleans.Ledger.Holds.CompletionStatus)9 },
        ["ReportHash"] = suite => Capture(suite._job, 1) with { ReportHash = new byte[31] },
        ["Reason"] = suite => new ReleaseHold(suite._job, ""),
        ["TransactionId"] = _ => new Transfer(Guid.Empty, Client, Provider, new Nano(1), "move"),
        ["From"] = suite => new Transfer(suite._job, null!, Provider, new Nano(1), "move"),
        ["To"] = suite => new Transfer(suite._job, Client, Client, new Nano(1), "move"),
        ["Class"] = _ => new CreateAccount("new", AccountClass.Treasury, ""),
        ["Label"] = _ => new CreateAccount("new", AccountClass.Client, null!),
        ["KeyId"] = _ => new RevokeApiKey(Client),
        ["SecretHash"] = _ => new CreateApiKey($"{Client}.00000001", new byte[33], ""),
    };

    [SkippableTheory]
    [MemberData(nameof(BadOperations))]
    public async Task Execute_ValueOutOfBounds_NamesTheField(string field) =>
        Assert.Equal(field.Split(',')[0], (await Do<OperationInvalid>(BadOperation[field](this))).Field);

    [SkippableFact]
    public async Task Execute_OneRefused_DoesTheOthersInOrder()
    {
        IReadOnlyList<LedgerResult> results = await Ledger.ExecuteAsync(
            [Hold(_job, 1000), Hold(Guid.CreateVersion7(), 1), Capture(_job, 400), new ReleaseHold(Guid.Empty, "x"), Hold(Guid.CreateVersion7(), 600)],
            CancellationToken.None);

        Assert.Equal(
            [typeof(HoldPlaced), typeof(InsufficientBalance), typeof(HoldCaptured), typeof(OperationInvalid), typeof(HoldPlaced)],
            results.Select(result => result.GetType()));
        Assert.Equal(Nano.Zero, (await Read(Client)).Available);
    }

    [SkippableFact]
    public async Task Execute_SameHoldTwiceInOneBatch_PlacesOnce()
    {
        IReadOnlyList<LedgerResult> results = await Ledger.ExecuteAsync([Hold(_job, 600), Hold(_job, 600)], CancellationToken.None);

        Assert.Equal([false, true], results.Cast<HoldPlaced>().Select(placed => placed.Repeated));
        Assert.Equal(new Nano(600), (await Read(Client)).Held);
    }

    [SkippableFact]
    public async Task Execute_NoOperationOrTooMany_Throws()
    {
        LedgerOperation[] tooMany = [.. Enumerable.Repeat(new ReleaseHold(_job, "x"), LedgerLimits.MaxOperationsPerCall + 1)];

        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.ExecuteAsync([], CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.ExecuteAsync(tooMany, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Ledger.ExecuteAsync([null!], CancellationToken.None));
    }

    [SkippableFact]
    public async Task Execute_FaultInTheMiddle_LeavesNothingHalfDone()
    {
        using (Database.Fault("INSERT", "outbox"))
        {
            await Assert.ThrowsAsync<LedgerUnavailableException>(() => Ledger.ExecuteAsync([Hold(_job, 600), Capture(_job, 400)], CancellationToken.None));
        }

        Assert.Null(await Ledger.GetHoldAsync(_job, CancellationToken.None));
        Assert.Equal(new Nano(1000), (await Read(Client)).Available);
    }

    [SkippableFact]
    public async Task Execute_DatabaseLocked_FailsTypedAndWorksAgainAfterwards()
    {
        using (Database.Lock())
        {
            await Assert.ThrowsAsync<LedgerUnavailableException>(() => Ledger.ExecuteAsync([Hold(_job, 600)], CancellationToken.None));
        }

        Assert.False((await Do<HoldPlaced>(Hold(_job, 600))).Repeated);
    }

    [SkippableFact]
    public async Task Execute_CancelledBeforeItIsTaken_IsDropped()
    {
        using CancellationTokenSource cancellation = new();
        Task<IReadOnlyList<LedgerResult>> cancelled;
        using (Database.Lock())
        {
            Task first = Assert.ThrowsAsync<LedgerUnavailableException>(
                () => Ledger.ExecuteAsync([Hold(Guid.CreateVersion7(), 1)], CancellationToken.None));
            cancelled = Ledger.ExecuteAsync([Hold(_job, 600)], cancellation.Token);
            await cancellation.CancelAsync();
            await first;
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 1));
        Assert.Null(await Ledger.GetHoldAsync(_job, CancellationToken.None));
    }
}
