using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Tunnel.Accepting;

/// <summary>Jobs over real sockets, TLS and Kestrel in one process.</summary>
public sealed class WorkerTunnelTests : IAsyncDisposable
{
    private readonly TunnelIdentity _worker = TunnelIdentity.Create(TimeProvider.System);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly FakeTimeProvider _time = new();
    private TestGateway _gateway = null!;
    private TestWorker? _host;

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        _worker.Dispose();
    }

    [Fact]
    public async Task GetRegistration_OfTheWorker_IsWhatItServes()
    {
        WorkerTunnel tunnel = await ConnectAsync();
        WorkerRegistration registration = await tunnel.GetRegistrationAsync(default);
        Assert.Equal((tunnel.WorkerId, tunnel.BootId, tunnel.TrustLabel), (_worker.Id, _host!.BootId, "the worker"));
        Assert.Equal("house", Assert.Single(registration.Models).Name);
    }

    [Fact]
    public async Task Admit_AfterRegistration_ReachesTheWorker()
    {
        WorkerTunnel tunnel = await ConnectAsync();
        await tunnel.AdmitAsync(new SessionAdmission(7), default);
        Assert.Equal(7, (await _host!.Link.FirstAdmission.WaitAsync(TestGateway.Deadline)).Epoch);
    }

    [Fact]
    public async Task SendJob_Payload_ArrivesByteForByteWithItsHeaders()
    {
        byte[] payload = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i % 251))];
        byte[]? arrived = null;
        JobDispatch? dispatch = null;
        WorkerTunnel tunnel = await ConnectAsync(async context =>
        {
            dispatch = JobDispatch.FromHeaders(name => context.Request.Headers[name]);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            arrived = body.ToArray();
            await Samples.AnswerAsync(context, "{}"u8.ToArray());
        });
        await using JobStream job = await tunnel.SendJobAsync(Samples.Dispatch(), payload, default);
        Assert.Equal("{}", await TextAsync(job));
        Assert.Equal(payload, arrived);
        Assert.Equal(Samples.Dispatch(), dispatch);
    }

    [Fact]
    public async Task SendJob_ManyAtOnce_KeepTheirAnswersApart()
    {
        WorkerTunnel tunnel = await ConnectAsync(context =>
        {
            string id = context.Request.Headers[JobHeaders.JobId]!;
            return Samples.AnswerAsync(context, [.. Enumerable.Range(0, 50).Select(i => Encoding.ASCII.GetBytes($"{id}:{i};"))]);
        });
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(async n =>
        {
            await using JobStream job = await tunnel.SendJobAsync(Samples.Dispatch($"job-{n}"), default, default);
            return await TextAsync(job);
        })).WaitAsync(TestGateway.Deadline);
        for (int n = 0; n < answers.Length; n++)
            Assert.Equal(string.Concat(Enumerable.Range(0, 50).Select(i => $"job-{n}:{i};")), answers[n]);
        Assert.Equal(0, tunnel.RunningJobs);
    }

    [Fact]
    public async Task Dispose_InTheMiddle_CancelsTheHandler()
    {
        WorkerTunnel tunnel = await ConnectAsync(BeginAndHangAsync);
        JobStream job = await tunnel.SendJobAsync(Samples.Dispatch(), default, default);
        await job.DisposeAsync();
        await _aborted.Task.WaitAsync(TestGateway.Deadline);
        Assert.Equal(0, tunnel.RunningJobs);
    }

    [Fact]
    public async Task SendJob_CancelledBeforeTheAnswer_CancelsTheHandler()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WorkerTunnel tunnel = await ConnectAsync(context =>
        {
            started.SetResult();
            return HangAsync(context);
        });
        using var cancel = new CancellationTokenSource();
        Task<JobStream> sending = tunnel.SendJobAsync(Samples.Dispatch(), default, cancel.Token);
        await started.Task.WaitAsync(TestGateway.Deadline);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await _aborted.Task.WaitAsync(TestGateway.Deadline);
    }

    [Fact]
    public async Task SendJob_AboveTheTunnelsLimit_IsRefusedInTheAnswer()
    {
        WorkerTunnel tunnel = await ConnectAsync(BeginAndHangAsync, options => options.MaxJobsPerTunnel = 1);
        await using JobStream first = await tunnel.SendJobAsync(Samples.Dispatch("job-1"), default, default);
        await using JobStream second = await tunnel.SendJobAsync(Samples.Dispatch("job-2"), default, default);
        Assert.Equal(JobErrorCodes.TunnelFull, second.Refusal?.Code);
        Assert.Equal(1, tunnel.RunningJobs);
    }

    [Fact]
    public async Task SendJob_PayloadAboveTheBound_IsRefusedInTheAnswer()
    {
        WorkerTunnel tunnel = await ConnectAsync();
        await using JobStream job = await tunnel.SendJobAsync(Samples.Dispatch(), new byte[TunnelProtocol.MaxPayloadBytes + 1], default);
        Assert.Equal(JobErrorCodes.PayloadTooLarge, job.Refusal?.Code);
    }

    [Fact]
    public async Task SendJob_OtherAnswersNotRead_IsNotHeldUp()
    {
        var chunk = new byte[16 << 10];
        WorkerTunnel tunnel = await ConnectAsync(async context =>
        {
            if (context.Request.Headers[JobHeaders.JobId] == "quick")
            {
                await Samples.AnswerAsync(context, "{}"u8.ToArray());
                return;
            }
            while (true)
                await Samples.AnswerAsync(context, chunk);
        });
        var unread = new List<JobStream>();
        for (int i = 0; i < 20; i++)
            unread.Add(await tunnel.SendJobAsync(Samples.Dispatch($"slow-{i}"), default, default));
        await using JobStream quick = await tunnel.SendJobAsync(Samples.Dispatch("quick"), default, default);
        Assert.Equal("{}", await TextAsync(quick).WaitAsync(TestGateway.Deadline));
        foreach (JobStream job in unread)
            await job.DisposeAsync();
    }

    [Fact]
    public async Task SendJob_OtherUploadsNotRead_IsNotHeldUp()
    {
        WorkerTunnel tunnel = await ConnectAsync(async context =>
        {
            if (context.Request.Headers[JobHeaders.JobId] != "quick")
            {
                await BeginAndHangAsync(context);
                return;
            }
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await Samples.AnswerAsync(context, "{}"u8.ToArray());
        });
        using var cancel = new CancellationTokenSource();
        for (int i = 0; i < 20; i++)
            _ = tunnel.SendJobAsync(Samples.Dispatch($"slow-{i}"), new byte[1 << 20], cancel.Token);
        await using JobStream quick = await tunnel.SendJobAsync(Samples.Dispatch("quick"), new byte[1 << 20], default).WaitAsync(TestGateway.Deadline);
        Assert.Equal("{}", await TextAsync(quick).WaitAsync(TestGateway.Deadline));
        await cancel.CancelAsync();
    }

    [Fact]
    public async Task Answer_SilentForTooLong_IsLost()
    {
        WorkerTunnel tunnel = await ConnectAsync(BeginAndHangAsync);
        await using JobStream job = await tunnel.SendJobAsync(Samples.Dispatch(), default, default);
        ReadResult begun = await job.Body.ReadAsync();
        job.Body.AdvanceTo(begun.Buffer.End);
        Task<ReadResult> next = job.Body.ReadAsync().AsTask();
        _time.Advance(JobStream.LongestSilence);
        var e = await Assert.ThrowsAsync<TunnelLostException>(() => next).WaitAsync(TestGateway.Deadline);
        Assert.Contains("sent nothing", e.Message, StringComparison.Ordinal);
        await _aborted.Task.WaitAsync(TestGateway.Deadline);
    }

    [Fact]
    public async Task SendJob_NoAnswerForTooLong_IsLost()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WorkerTunnel tunnel = await ConnectAsync(context =>
        {
            started.SetResult();
            return HangAsync(context);
        });
        Task<JobStream> sending = tunnel.SendJobAsync(Samples.Dispatch(), default, default);
        await started.Task.WaitAsync(TestGateway.Deadline);
        _time.Advance(WorkerTunnel.LongestStart);
        await Assert.ThrowsAsync<TunnelLostException>(() => sending).WaitAsync(TestGateway.Deadline);
        await _aborted.Task.WaitAsync(TestGateway.Deadline);
    }

    [Fact]
    public async Task SendJob_RefusedByTheWorker_IsToldWhyAndTheTunnelLives()
    {
        var refusal = new JobRefusal(JobErrorCodes.Draining, "It leaves.", Retryable: true);
        WorkerTunnel tunnel = await ConnectAsync(context =>
        {
            context.Response.StatusCode = TunnelRoutes.RefusedStatus;
            return JsonSerializer.SerializeAsync(context.Response.Body, refusal, TunnelJson.Default.JobRefusal);
        });
        await using JobStream job = await tunnel.SendJobAsync(Samples.Dispatch(), default, default);
        Assert.Equal(refusal, job.Refusal);
        Assert.Equal("", await TextAsync(job));
        Assert.Equal(0, tunnel.RunningJobs);
        await tunnel.GetRegistrationAsync(default);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"code":"a\nb","message":"m","retryable":true}""")]
    [InlineData("""{"code":"a","message":"","retryable":true}""")]
    [InlineData("")]
    public async Task SendJob_RefusalOutOfItsForm_IsAProtocolError(string body)
    {
        WorkerTunnel tunnel = await ConnectAsync(context =>
        {
            context.Response.StatusCode = TunnelRoutes.RefusedStatus;
            return context.Response.WriteAsync(body.Length > 0 ? body : new string(' ', JobRefusal.MaxBytes + 1), context.RequestAborted);
        });
        await Assert.ThrowsAsync<TunnelProtocolException>(() => tunnel.SendJobAsync(Samples.Dispatch(), default, default));
        Assert.Equal(0, tunnel.RunningJobs);
    }

    /// <summary>After some small ones the serializer takes a shorter way, which writes null otherwise.</summary>
    [Fact]
    public async Task Statement_WithoutCollateral_StaysWithoutHoweverOftenItIsWritten()
    {
        var statement = new VouchedStatement([1, 2, 3], [4, 5]);
        for (int i = 0; i < 30; i++)
        {
            using var stream = new MemoryStream();
            await JsonSerializer.SerializeAsync(stream, statement, TunnelJson.Default.VouchedStatement);

            Assert.Null(JsonSerializer.Deserialize(stream.ToArray(), TunnelJson.Default.VouchedStatement)!.Collateral);
        }
    }

    [Fact]
    public async Task GetStatement_OfTheWorker_ComesByteForByte()
    {
        var statement = new VouchedStatement([1, 2, 3], [4, 5]);
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapGet(TunnelRoutes.Statement, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, statement, TunnelJson.Default.VouchedStatement))));
        Assert.Equivalent(statement, await tunnel.GetStatementAsync(default), strict: true);
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(VouchedStatement.MaxStatementBytes + 1, 64)]
    [InlineData(300, 0)]
    [InlineData(300, VouchedStatement.MaxVoucherBytes + 1)]
    [InlineData(300, 1 << 20)]
    [InlineData(300, 64, 0)]
    [InlineData(300, 64, VouchedStatement.MaxEventLogBytes + 1)]
    public async Task GetStatement_OutOfItsBounds_IsAProtocolError(int statement, int voucher, int? eventLog = null)
    {
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapGet(TunnelRoutes.Statement, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, new VouchedStatement(new byte[statement], new byte[voucher], EventLog: eventLog is { } length ? new byte[length] : null), TunnelJson.Default.VouchedStatement))));
        await Assert.ThrowsAsync<TunnelProtocolException>(() => tunnel.GetStatementAsync(default));
    }

    [Theory]
    [InlineData(0, 64, 1, 100)]
    [InlineData(VouchedStatement.MaxStatementBytes + 1, 64, 1, 100)]
    [InlineData(300, VouchedStatement.MaxVoucherBytes + 1, 1, 100)]
    [InlineData(300, 64, 0, 0)]
    [InlineData(300, 64, 2, 100)]
    [InlineData(300, 64, 1, FreshStatement.MaxProofBytes + 1)]
    [InlineData(300, 1 << 20, 1, 100)]
    public async Task GetFreshStatement_OutOfItsBounds_IsAProtocolError(int statement, int voucher, int proofs, int proof)
    {
        var made = new FreshStatement(new byte[statement], new byte[voucher], [.. Enumerable.Range(0, proofs).Select(_ => new byte[proof])]);
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapPost(TunnelRoutes.FreshStatements, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, made, TunnelJson.Default.FreshStatement))));
        await Assert.ThrowsAsync<TunnelProtocolException>(() => tunnel.GetFreshStatementAsync(new FreshRequest([new byte[FreshRequest.NonceBytes]]), default));
    }

    [Fact]
    public async Task Answer_StreamResetByTheWorker_IsLostAndTheTunnelLives()
    {
        WorkerTunnel tunnel = await ConnectAsync(async context =>
        {
            await Samples.AnswerAsync(context, "begun"u8.ToArray());
            context.Abort();
        });
        await using JobStream job = await tunnel.SendJobAsync(Samples.Dispatch(), default, default);
        await Assert.ThrowsAsync<TunnelLostException>(() => TextAsync(job));
        await tunnel.GetRegistrationAsync(default);
    }

    [Fact]
    public async Task SendJob_StatusOtherThan200_IsAProtocolError()
    {
        WorkerTunnel tunnel = await ConnectAsync(job: null);
        var e = await Assert.ThrowsAsync<TunnelProtocolException>(() => tunnel.SendJobAsync(Samples.Dispatch(), default, default));
        Assert.Contains("404", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, tunnel.RunningJobs);
    }

    [Fact]
    public async Task SendJob_WorkerGone_IsLostAndTheTunnelEnds()
    {
        WorkerTunnel tunnel = await ConnectAsync(BeginAndHangAsync);
        await using JobStream job = await tunnel.SendJobAsync(Samples.Dispatch(), default, default);
        await _host!.DisposeAsync();
        _host = null;
        await Assert.ThrowsAsync<TunnelLostException>(() => TextAsync(job)).WaitAsync(TestGateway.Deadline);
        await Assert.ThrowsAsync<TunnelLostException>(() => tunnel.SendJobAsync(Samples.Dispatch("job-2"), default, default));
        Assert.Equal(TunnelEnd.ConnectionLost, (await tunnel.Ended.WaitAsync(TestGateway.Deadline)).Code);
    }

    [Fact]
    public async Task Heartbeats_AsTheyComeAndEnd_AreRead()
    {
        var beats = new[] { new Heartbeat(1, 0, 3, 12.5, false, 0, new string('a', 64)), new Heartbeat(2, 1, 0, 0, true, 4, new string('b', 64)) };
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapGet(TunnelRoutes.Heartbeats, (RequestDelegate)(async context =>
        {
            foreach (Heartbeat beat in beats)
            {
                await JsonSerializer.SerializeAsync(context.Response.Body, beat, TunnelJson.Default.Heartbeat);
                await context.Response.Body.WriteAsync("\n"u8.ToArray());
            }
        })));
        Assert.Equal(beats, await tunnel.HeartbeatsAsync(default).ToListAsync());
    }

    [Theory]
    [InlineData("{\"running\":-1,\"queued\":0,\"freeSlots\":1,\"tokensPerSecond\":0,\"draining\":false,\"pendingReceipts\":0,\"statementSha256\":\"\"}\n", "running")]
    [InlineData("{\"running\":1,\"queued\":0,\"freeSlots\":1,\"tokensPerSecond\":0,\"draining\":false,\"pendingReceipts\":0,\"statementSha256\":\"a\"}\n", "statementSha256")]
    [InlineData("{}\n", "heartbeat")]
    [InlineData("", "bytes")]
    public async Task Heartbeats_Malformed_AreAProtocolError(string line, string named)
    {
        byte[] bytes = line.Length > 0 ? Encoding.ASCII.GetBytes(line) : new byte[100_000];
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapGet(TunnelRoutes.Heartbeats,
            (RequestDelegate)(context => context.Response.Body.WriteAsync(bytes).AsTask())));
        var e = await Assert.ThrowsAsync<TunnelProtocolException>(async () => await tunnel.HeartbeatsAsync(default).ToListAsync());
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetReceipts_DocumentAboveTheBound_IsAProtocolError()
    {
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapGet(TunnelRoutes.Receipts, (RequestDelegate)(async context =>
        {
            for (int i = 0; i < 40; i++)
                await context.Response.Body.WriteAsync(new byte[64 << 10], context.RequestAborted);
        })));
        await Assert.ThrowsAsync<TunnelProtocolException>(() => tunnel.GetReceiptsAsync(default));
        await tunnel.GetRegistrationAsync(default);
    }

    [Fact]
    public async Task GetReceipts_ThenAcknowledge_NamesTheJob()
    {
        string? acknowledged = null;
        WorkerTunnel tunnel = await ConnectAsync(map: app =>
        {
            app.MapGet(TunnelRoutes.Receipts, (RequestDelegate)(context =>
                JsonSerializer.SerializeAsync(context.Response.Body, new ReceiptPage([Samples.Receipt]), TunnelJson.Default.ReceiptPage)));
            app.MapPost(TunnelRoutes.Receipts + "/{job}/ack", (RequestDelegate)(context =>
            {
                acknowledged = (string?)context.Request.RouteValues["job"];
                return Task.CompletedTask;
            }));
        });
        Assert.Equivalent(Samples.Receipt, Assert.Single(await tunnel.GetReceiptsAsync(default)), strict: true);
        await tunnel.AcknowledgeReceiptAsync("job-1", default);
        Assert.Equal("job-1", acknowledged);
    }

    [Fact]
    public async Task GetReceipts_OneOutOfItsForm_IsAProtocolError()
    {
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapGet(TunnelRoutes.Receipts, (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, new ReceiptPage([Samples.Receipt, Samples.Receipt with { Signature = [] }]), TunnelJson.Default.ReceiptPage))));
        await Assert.ThrowsAsync<TunnelProtocolException>(() => tunnel.GetReceiptsAsync(default));
    }

    [Fact]
    public async Task GetTokenizer_Files_ComeByteForByte()
    {
        var files = new TokenizerFiles([0, 255, 10], [], "{{ x }}"u8.ToArray());
        WorkerTunnel tunnel = await ConnectAsync(map: app => app.MapGet(TunnelRoutes.Tokenizers + "{hash}", (RequestDelegate)(context =>
            JsonSerializer.SerializeAsync(context.Response.Body, files, TunnelJson.Default.TokenizerFiles))));
        Assert.Equivalent(files, await tunnel.GetTokenizerAsync(new string('b', 64), default), strict: true);
    }

    private async Task<WorkerTunnel> ConnectAsync(
        RequestDelegate? job = null, Action<TunnelListenerOptions>? configure = null, Action<WebApplication>? map = null)
    {
        _gateway = await TestGateway.StartAsync(PinnedKeys.Only(_worker.Id, "the worker"), configure, time: _time);
        _host = await TestWorker.StartAsync(_gateway.Port, _gateway.Identity.Id, job, _worker, map);
        return await _gateway.NextTunnelAsync();
    }

    private async Task BeginAndHangAsync(HttpContext context)
    {
        await Samples.AnswerAsync(context, "begun"u8.ToArray());
        await HangAsync(context);
    }

    private async Task HangAsync(HttpContext context)
    {
        await using var registration = context.RequestAborted.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), _aborted);
        await _aborted.Task;
    }

    private static async Task<string> TextAsync(JobStream job)
    {
        using var bytes = new MemoryStream();
        await job.Body.CopyToAsync(bytes);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
