using System.Diagnostics;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Inference.Upstream;
using CocoonOrleans.Tests.Inference.WorkerHost.Gpus;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Gpus;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Measuring;
using CocoonOrleans.WorkerHost.Models;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

    [Fact]
    public async Task Statement_GpusGiveEvidence_ClaimsItForTheirNonceAndAFreshOneToo()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        using var references = new TemporaryFolder();
        File.WriteAllText(references.File("driver.xml"), "<reference/>");
        var (time, nvml) = (new FakeTimeProvider(TimeProvider.System.GetUtcNow()), new FakeNvml());
        using var statements = Make(worker, time, new ReceiptKey(), new MoodyVoucher { Tier = TrustTier.Tdx }, Gpus(nvml, references.File("driver.xml")));

        await statements.StartAsync(default);

        BoundStatement statement = Read(statements);
        Assert.Equal(TrustTier.Confidential, statement.Statement.Tier);
        Assert.Equal(Digest.Of(statements.Vouched.Gpus), statement.Statement.GpuEvidenceSha256);
        Assert.Equal(statement.GpuNonce().ToArray(), Assert.Single(nvml.Nonces));
        Assert.True(GpuReferences.TryDecode(statements.Vouched.GpuReferences, out GpuReferences? handed));
        Assert.Equal("<reference/>", System.Text.Encoding.UTF8.GetString(Assert.Single(handed.Manifests).Span));

        // Evidence of the epoch holds for a fresh statement too: only the clients' nonces are new in it.
        time.Advance(TimeSpan.FromMinutes(1));
        BoundStatement fresh = statements.MakeFresh(Digest.Of("root"u8))!;
        Assert.Equal((statement.GpuNonce(), statement.Statement.GpuEvidenceSha256), (fresh.GpuNonce(), fresh.Statement.GpuEvidenceSha256));
        Assert.NotEqual(statement.Hash, fresh.Hash);
        await statements.StopAsync(default);
    }

    [Fact]
    public async Task Statement_GpusGiveNone_ClaimsNothingOfThem()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var log = new RecordedLog();
        using var factory = new LoggerFactory([log]);
        var nvml = new FakeNvml { State = default };
        using var statements = Make(worker, time, new ReceiptKey(), new MoodyVoucher { Tier = TrustTier.Tdx }, Gpus(nvml, null, factory.CreateLogger<StatedGpus>()));

        await statements.StartAsync(default);

        Assert.Equal((TrustTier.Tdx, (Digest?)null), (Read(statements).Statement.Tier, Read(statements).Statement.GpuEvidenceSha256));
        Assert.Equal((null, null), (statements.Vouched.Gpus, statements.Vouched.GpuReferences));
        Assert.Contains("claims nothing of GPUs, and tier Tdx at most: confidential computing is off", Assert.Single(log.Lines), StringComparison.Ordinal);
        await statements.StopAsync(default);
    }

    [Fact]
    public async Task Statement_SimulatedQuotes_StaysSimulatedWithEvidence()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var statements = Make(worker, time, new ReceiptKey(), new MoodyVoucher { Tier = TrustTier.Simulated }, Gpus(new FakeNvml(), null));

        await statements.StartAsync(default);

        Assert.Equal(TrustTier.Simulated, Read(statements).Statement.Tier);
        Assert.NotNull(Read(statements).Statement.GpuEvidenceSha256);
        await statements.StopAsync(default);
    }

    [Fact]
    public async Task Statement_ReferencesCantBeRead_IsNotMadeAndTriedAgain()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var nvml = new FakeNvml();
        using var folder = new TemporaryFolder();
        using var statements = Make(worker, time, new ReceiptKey(), new MoodyVoucher { Tier = TrustTier.Tdx }, Gpus(nvml, folder.File("driver.xml")));

        Task start = statements.StartAsync(default);
        await Condition.HoldsAsync(() => nvml.Nonces.Count == 1, "the GPU was asked");
        Assert.False(start.IsCompleted);

        File.WriteAllText(folder.File("driver.xml"), "<reference/>");
        await Condition.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                return start.IsCompletedSuccessfully;
            },
            "the statement is made");
        Assert.Single(nvml.Nonces);
        await statements.StopAsync(default);
    }

    private static StatedGpus Gpus(FakeNvml nvml, string? reference, ILogger<StatedGpus>? logger = null) => new(
        Options.Create(new WorkerOptions { Quotes = new QuoteOptions { CollectsGpuEvidence = true, GpuReferenceFiles = reference is null ? [] : [reference] } }),
        new GpuCollector(() => (nvml, null), TimeProvider.System),
        logger ?? NullLogger<StatedGpus>.Instance);

    private static BoundStatement Read(WorkerStatements statements)
    {
        Assert.True(BoundStatement.TryRead(statements.Vouched.Statement, out BoundStatement? statement), "it has its form");
        Assert.Equal(statements.Hash, statement.Hash);
        return statement;
    }

    private static WorkerStatements Make(RunningWorker worker, FakeTimeProvider time, ReceiptKey key, IStatementVoucher? voucher = null, StatedGpus? gpus = null)
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
            gpus ?? services.GetRequiredService<StatedGpus>(),
            gpus is null ? services.GetRequiredService<IOptions<WorkerOptions>>() : Options.Create(new WorkerOptions { Quotes = new QuoteOptions { Image = new string('a', 64) } }),
            time,
            NullLogger<WorkerStatements>.Instance);
    }

    /// <summary>Vouches, or not.</summary>
    private sealed class MoodyVoucher : IStatementVoucher
    {
        private int _asked;

        public TrustTier Tier { get; init; } = TrustTier.Open;

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
