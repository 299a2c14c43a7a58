using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Sealing;

/// <summary>Statements that are newer than clients' nonces: one quote for many, and never more than the source can bear.</summary>
public sealed class FreshStatementsTests : IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly CountingVoucher _voucher = new();
    private RunningWorker _worker = null!;
    private FreshStatements _fresh = null!;

    public async Task InitializeAsync()
    {
        _worker = await RunningWorker.ScriptedAsync("Hello");
        _fresh = new FreshStatements(_worker.Services.GetRequiredService<WorkerStatements>(), _voucher, _time, NullLogger<FreshStatements>.Instance);
        await _fresh.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _fresh.StopAsync(default);
        await _worker.DisposeAsync();
    }

    public void Dispose() => _fresh.Dispose();

    /// <summary>Over the tunnel, as a gateway asks, of the worker as it is.</summary>
    [Fact]
    public async Task Ask_OverTheTunnel_GivesAStatementOfTheEpochWithEachNonceUnderItsRoot()
    {
        byte[][] nonces = [.. Enumerable.Range(0, 5).Select(number => Nonce(number).ToArray())];
        BoundStatement epoch = await _worker.StatementAsync();

        (FreshStatement? made, JobRefusal? refusal) = await _worker.Tunnel.GetFreshStatementAsync(new FreshRequest(nonces), CancellationToken.None).WaitAsync(TestGateway.Deadline);

        Assert.Null(refusal);
        Assert.True(BoundStatement.TryRead(made!.Statement, out BoundStatement? statement));
        Assert.True(ReceiptKey.Verify(statement, made.Voucher));
        Assert.NotEqual(epoch.Hash, statement.Hash);
        Assert.Equal(epoch.Statement.Keys.Select(key => Convert.ToHexString(key.PublicKey.Span)), statement.Statement.Keys.Select(key => Convert.ToHexString(key.PublicKey.Span)));
        Assert.Equal((epoch.Statement.Epoch, epoch.Statement.Expires), (statement.Statement.Epoch, statement.Statement.Expires));
        Assert.All(nonces.Zip(made.Proofs), pair => Assert.True(NonceProof.TryDecode(pair.Second, out NonceProof? proof) && proof.Proves(new Digest(pair.First), statement.Statement.NonceRoot!.Value)));
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(257, 32)]
    [InlineData(1, 31)]
    public async Task Ask_RequestWithoutItsForm_IsRefused(int count, int length) => await Assert.ThrowsAsync<TunnelProtocolException>(
        () => _worker.Tunnel.GetFreshStatementAsync(new FreshRequest([.. Enumerable.Range(0, count).Select(_ => new byte[length])]), CancellationToken.None).WaitAsync(TestGateway.Deadline));

    [Fact]
    public async Task Ask_ManyWithinTheGathering_AreOneQuote()
    {
        Task<(FreshStatement? Statement, JobRefusal? Refusal)>[] asked = [.. Enumerable.Range(0, 50).Select(number => _fresh.AskAsync([Nonce(number), Nonce(number + 1000)], default))];
        await FinishAsync(asked);

        Assert.Equal(1, _voucher.Asked);
        Assert.Single(asked.Select(task => Convert.ToHexString(task.Result().Statement!.Statement)).Distinct());
        Assert.Equal(99, Proof(asked[49].Result().Statement!.Proofs[1]).Index);
    }

    /// <summary>Batch after batch without a pause, and yet the source makes no more than one quote a second.</summary>
    [Fact]
    public async Task Ask_FloodOfNonces_DoesNotFloodTheSource()
    {
        DateTimeOffset begun = _time.GetUtcNow();
        for (int round = 0; round < 5; round++)
        {
            await FinishAsync([.. Enumerable.Range(0, 20).Select(number => _fresh.AskAsync([.. Enumerable.Range(0, 200).Select(nonce => Nonce((number * 200) + nonce))], default))]);
        }

        Assert.Equal(5, _voucher.Asked);
        Assert.True(_time.GetUtcNow() - begun >= 4 * FreshStatements.Pause, "each waited for the pause behind the one before it");
    }

    [Fact]
    public async Task Ask_MoreThanABatchTakes_IsRefusedAndTheOthersAreServed()
    {
        Task<(FreshStatement? Statement, JobRefusal? Refusal)>[] asked = [.. Enumerable.Range(0, 16).Select(_ => _fresh.AskAsync([.. Enumerable.Range(0, 256).Select(Nonce)], default))];

        (FreshStatement? none, JobRefusal? refusal) = await _fresh.AskAsync([Nonce(1)], default);

        Assert.Null(none);
        Assert.Equal((JobErrorCodes.FreshBusy, true), (refusal?.Code, refusal?.Retryable));
        await FinishAsync(asked);
        Assert.All(asked, task => Assert.NotNull(task.Result().Statement));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Ask_NothingVouches_IsRefusedAndLaterServed(Type fault)
    {
        _voucher.Fault = (Exception)Activator.CreateInstance(fault, "not now")!;
        Task<(FreshStatement? Statement, JobRefusal? Refusal)> refused = _fresh.AskAsync([Nonce(1)], default);
        await FinishAsync([refused]);
        Assert.Equal(JobErrorCodes.FreshUnavailable, refused.Result().Refusal?.Code);

        _voucher.Fault = null;
        Task<(FreshStatement? Statement, JobRefusal? Refusal)> served = _fresh.AskAsync([Nonce(1)], default);
        await FinishAsync([served]);
        Assert.NotNull(served.Result().Statement);
    }

    private static Digest Nonce(int number) => Digest.Of(BitConverter.GetBytes(number));

    private static NonceProof Proof(byte[] bytes)
    {
        Assert.True(NonceProof.TryDecode(bytes, out NonceProof? proof));
        return proof;
    }

    private Task FinishAsync(Task[] asked) => Condition.HoldsAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return asked.All(task => task.IsCompleted);
        },
        "all are answered");

    /// <summary>Vouches, or not, and counts.</summary>
    private sealed class CountingVoucher : IStatementVoucher
    {
        private int _asked;

        public TrustTier Tier => TrustTier.Open;

        public Exception? Fault { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public ValueTask<ReadOnlyMemory<byte>> VouchAsync(BoundStatement statement, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return Fault is { } fault ? throw fault : ValueTask.FromResult<ReadOnlyMemory<byte>>(new byte[] { 1 });
        }
    }
}

/// <summary>Results of tasks that have completed.</summary>
internal static class CompletedTask
{
    public static T Result<T>(this Task<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully);
        return task.GetAwaiter().GetResult();
    }
}
