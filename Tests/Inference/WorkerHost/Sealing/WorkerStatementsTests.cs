using System.Diagnostics;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Measuring;
using CocoonOrleans.WorkerHost.Models;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Sealing;

public sealed class WorkerStatementsTests
{
    [Fact]
    public async Task Statement_OfARunningWorker_SaysWhoItIs()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");

        Statement statement = (await worker.StatementAsync()).Statement;

        Assert.Equal(("local", StatementRole.Worker, TrustTier.Open), (statement.NetworkId, statement.Role, statement.Tier));
        Assert.Equal(worker.Tunnel.WorkerId, statement.TunnelKeySha256.ToString());
        Assert.Equal(worker.Tunnel.BootId, Convert.ToHexStringLower(statement.BootId.Span));
        Assert.Equal((await worker.Tunnel.GetRegistrationAsync(default)).Models.Select(model => model.ManifestSha256), statement.Models.Select(model => model.ToString()));
        Assert.Equal(EpochKeyRing.Length, statement.Expires - statement.NotBefore);
    }

    [Fact]
    public async Task Epoch_BeforeItEnds_BringsANewStatementWithNewKeys()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var statements = Make(worker, time, new ReceiptKey());
        await statements.StartAsync(default);
        BoundStatement first = Read(statements);

        time.Advance(EpochKeyRing.Length - TimeSpan.FromSeconds(30));
        await Condition.HoldsAsync(() => statements.Hash != first.Hash, "the next statement is made");

        BoundStatement second = Read(statements);
        Assert.Equal((0u, 1u), (first.Statement.Epoch, second.Statement.Epoch));
        Assert.True(second.Statement.NotBefore < first.Statement.Expires, "there is a statement at every moment");
        Assert.NotEqual(first.Statement.Keys[0].PublicKey.ToArray(), second.Statement.Keys[0].PublicKey.ToArray());
        Assert.Equal(first.Statement.ReceiptKey.ToArray(), second.Statement.ReceiptKey.ToArray());
        await statements.StopAsync(default);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Epoch_NothingVouches_KeepsTheOldStatementAndTriesAgain(Type fault)
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var voucher = new MoodyVoucher { Fault = (Exception)Activator.CreateInstance(fault, "not now")! };
        using var statements = Make(worker, time, new ReceiptKey(), voucher);
        await statements.StartAsync(default);
        var first = statements.Hash;

        voucher.Fails = true;
        time.Advance(EpochKeyRing.Length);
        await Condition.HoldsAsync(() => voucher.Asked == 2, "it was asked");
        Assert.Equal(first, statements.Hash);

        voucher.Fails = false;
        await Condition.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return statements.Hash != first;
            },
            "the next statement is made");
        await statements.StopAsync(default);
    }

    [Fact]
    public async Task Start_NothingVouches_WaitsUntilSomethingDoesWithTheSameKeys()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var voucher = new MoodyVoucher { Fails = true };
        using var statements = Make(worker, time, new ReceiptKey(), voucher);

        Task start = statements.StartAsync(default);
        await Condition.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return voucher.Asked == 3;
            },
            "it is asked again");
        Assert.False(start.IsCompleted);
        Assert.Throws<UnreachableException>(() => statements.Hash);

        voucher.Fails = false;
        await Condition.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return start.IsCompletedSuccessfully;
            },
            "the first statement is made");
        Assert.Equal(0u, Read(statements).Statement.Epoch);
        await statements.StopAsync(default);
    }

    [Fact]
    public async Task Vouch_NoQuoteServiceThere_SaysWhatToDo()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        BoundStatement statement = await worker.StatementAsync();
        using var voucher = QuoteVoucher.Of(new QuoteOptions { Socket = "/nowhere/tdx.sock", IsSimulated = true }, TimeProvider.System);

        var error = await Assert.ThrowsAsync<IOException>(() => voucher.VouchAsync(statement, default).AsTask());

        Assert.Equal(TrustTier.Simulated, voucher.Tier);
        Assert.Contains("/nowhere/tdx.sock", error.Message, StringComparison.Ordinal);
        Assert.Contains("Start it", error.Message, StringComparison.Ordinal);
    }

    private static BoundStatement Read(WorkerStatements statements)
    {
        Assert.True(BoundStatement.TryRead(statements.Vouched.Statement, out BoundStatement? statement), "it has its form");
        Assert.Equal(statements.Hash, statement.Hash);
        return statement;
    }

    private static WorkerStatements Make(RunningWorker worker, FakeTimeProvider time, ReceiptKey key, IStatementVoucher? voucher = null)
    {
        IServiceProvider services = worker.Services;
        return new WorkerStatements(
            new EpochKeyRing(time),
            key,
            voucher ?? new ReceiptKeyVoucher(key),
            services.GetRequiredService<TunnelIdentity>(),
            services.GetRequiredService<DialingOptions>(),
            services.GetRequiredService<ServedModels>(),
            services.GetRequiredService<IInferenceEngine>(),
            services.GetRequiredService<StatedCollateral>(),
            services.GetRequiredService<WorkerMeasurement>(),
            services.GetRequiredService<IOptions<WorkerOptions>>(),
            time,
            NullLogger<WorkerStatements>.Instance);
    }

    /// <summary>Vouches, or not.</summary>
    private sealed class MoodyVoucher : IStatementVoucher
    {
        private int _asked;

        public TrustTier Tier => TrustTier.Open;

        public bool Fails { get; set; }

        public Exception Fault { get; init; } = new IOException("not now");

        public int Asked => Volatile.Read(ref _asked);

        public ValueTask<ReadOnlyMemory<byte>> VouchAsync(BoundStatement statement, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return Fails ? throw Fault : ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[] { 1 });
        }
    }
}
