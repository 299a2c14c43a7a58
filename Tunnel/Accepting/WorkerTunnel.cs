using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>
/// A gateway's end of one tunnel to one trusted worker. Thread-safe. Every method throws <see cref="TunnelLostException"/> where the connection breaks
/// or is gone, and <see cref="TunnelProtocolException"/> where the worker answers what the protocol doesn't allow.
/// </summary>
public sealed class WorkerTunnel : IAsyncDisposable
{
    private const int MaxRegistrationBytes = 256 << 10;
    private const int MaxReceiptPageBytes = 1 << 20;
    private const int MaxHeartbeatBytes = 1024;

    /// <summary>How long a worker may take from a job's first byte to the first of its answer: the time to upload the largest payload over a slow line.</summary>
    public static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(1);

    private readonly TunnelStream _stream;
    private readonly TunnelClient _client;
    private readonly TimeProvider _time;
    private readonly int _maxJobs;
    private TunnelEnd? _end;
    private int _runningJobs;

    internal WorkerTunnel(TunnelStream stream, TunnelPeer peer, string trustLabel, HelloLine hello, int maxJobs, TimeProvider time)
    {
        _stream = stream;
        _client = new TunnelClient(stream);
        _time = time;
        _maxJobs = maxJobs;
        Peer = peer;
        TrustLabel = trustLabel;
        BootId = hello.BootId;
        Software = hello.Software;
        AcceptedAt = time.GetUtcNow();
        Ended = WaitForEndAsync();
    }

    /// <summary>The worker: hex SHA-256 of its key.</summary>
    public string WorkerId => Peer.Key.Id;

    /// <summary>On what grounds the worker was trusted, for people.</summary>
    public string TrustLabel { get; }

    /// <summary>Drawn anew at each start of the worker process.</summary>
    public string BootId { get; }

    /// <summary>Name and version of the worker's software.</summary>
    public string Software { get; }

    /// <summary>Where the connection comes from.</summary>
    public EndPoint? RemoteEndPoint => Peer.RemoteEndPoint;

    /// <summary>When the tunnel was accepted.</summary>
    public DateTimeOffset AcceptedAt { get; }

    /// <summary>Completes when the tunnel has ended, with the reason. Never fails.</summary>
    public Task<TunnelEnd> Ended { get; }

    /// <summary>Jobs whose streams are open now.</summary>
    public int RunningJobs => Volatile.Read(ref _runningJobs);

    internal TunnelPeer Peer { get; }

    /// <summary>What the worker is and offers, checked for form.</summary>
    public async Task<WorkerRegistration> GetRegistrationAsync(CancellationToken cancellationToken)
    {
        WorkerRegistration registration = await _client.GetAsync(
            TunnelRoutes.Registration, TunnelJson.Default.WorkerRegistration, MaxRegistrationBytes, cancellationToken);
        registration.Validate();
        return registration.BootId == BootId
            ? registration
            : throw new TunnelProtocolException("bootId differs between hello line and registration.");
    }

    /// <summary>The tokenizer and template of a model. The caller checks that they have the hash they were asked by.</summary>
    public Task<TokenizerFiles> GetTokenizerAsync(string sha256, CancellationToken cancellationToken)
    {
        FieldCheck.Hash(sha256, nameof(sha256));
        return _client.GetAsync(TunnelRoutes.Tokenizers + sha256, TunnelJson.Default.TokenizerFiles, TunnelProtocol.MaxTokenizerBytes, cancellationToken);
    }

    /// <summary>Tells the worker that it is registered and that jobs may come.</summary>
    public Task AdmitAsync(SessionAdmission admission, CancellationToken cancellationToken) =>
        _client.PostAsync(TunnelRoutes.Session, admission, TunnelJson.Default.SessionAdmission, cancellationToken);

    /// <summary>Leaves the newest voucher of the worker's provider with it.</summary>
    public Task DeliverAsync(ProviderVoucher voucher, CancellationToken cancellationToken) =>
        _client.PostAsync(TunnelRoutes.Voucher, voucher, TunnelJson.Default.ProviderVoucher, cancellationToken);

    /// <summary>The worker's load, about once a second, until the tunnel ends or the worker leaves.</summary>
    public async IAsyncEnumerable<Heartbeat> HeartbeatsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _client.SendAsync(HttpMethod.Get, TunnelRoutes.Heartbeats, null, null, cancellationToken);
        PipeReader reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
        try
        {
            while (await ReadHeartbeatAsync(reader, cancellationToken) is { } heartbeat)
                yield return heartbeat;
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>The worker's newest statement with what vouches for it, checked for size alone.</summary>
    public async Task<VouchedStatement> GetStatementAsync(CancellationToken cancellationToken)
    {
        VouchedStatement statement = await _client.GetAsync(
            TunnelRoutes.Statement, TunnelJson.Default.VouchedStatement, VouchedStatement.MaxBytes, cancellationToken);
        statement.Validate();
        return statement;
    }

    /// <summary>The worker's offers to the market, checked for size alone.</summary>
    public async Task<OfferPage> GetOffersAsync(CancellationToken cancellationToken)
    {
        OfferPage page = await _client.GetAsync(TunnelRoutes.Offers, TunnelJson.Default.OfferPage, OfferPage.MaxBytes, cancellationToken);
        page.Validate();
        return page;
    }

    /// <summary>Tells the worker what became of its offers.</summary>
    public Task ReportAsync(OfferVerdicts verdicts, CancellationToken cancellationToken) =>
        _client.PostAsync($"{TunnelRoutes.Offers}/verdicts", verdicts, TunnelJson.Default.OfferVerdicts, cancellationToken);

    /// <summary>A statement that is newer than some nonces, checked for size alone.</summary>
    /// <param name="request">The nonces.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The statement, or why the worker makes none now.</returns>
    public async Task<(FreshStatement? Statement, JobRefusal? Refusal)> GetFreshStatementAsync(FreshRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, TunnelJson.Default.FreshRequest));
        using HttpResponseMessage response = await _client.SendAsync(
            HttpMethod.Post, TunnelRoutes.FreshStatements, content, null, cancellationToken, expected: TunnelRoutes.RefusedStatus);
        if ((int)response.StatusCode == TunnelRoutes.RefusedStatus)
        {
            JobRefusal refusal = await TunnelClient.ReadAsync(response, TunnelRoutes.FreshStatements, TunnelJson.Default.JobRefusal, JobRefusal.MaxBytes, cancellationToken);
            refusal.Validate();
            return (null, refusal);
        }
        FreshStatement statement = await TunnelClient.ReadAsync(response, TunnelRoutes.FreshStatements, TunnelJson.Default.FreshStatement, FreshStatement.MaxBytes, cancellationToken);
        statement.Validate(request.Nonces.Count);
        return (statement, null);
    }

    /// <summary>
    /// Sends a job. What the worker, or the tunnel's own limit on jobs, has against it before it is opened comes as the stream's refusal. Cancelling before this
    /// returns tells the worker to stop, as disposing the stream does after it.
    /// </summary>
    /// <param name="dispatch">The clear part.</param>
    /// <param name="payload">The sealed request, opaque to the tunnel; at most <see cref="TunnelProtocol.MaxPayloadBytes"/>.</param>
    /// <param name="cancellationToken">Cancels the job until its answer has begun.</param>
    public async Task<JobStream> SendJobAsync(JobDispatch dispatch, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dispatch);
        if (payload.Length > TunnelProtocol.MaxPayloadBytes)
        {
            return new JobStream(new JobRefusal(JobErrorCodes.PayloadTooLarge,
                $"The request has {payload.Length} bytes; a worker takes {TunnelProtocol.MaxPayloadBytes}.", Retryable: false));
        }
        // The HTTP/2 client would queue without bound and without a word.
        if (Interlocked.Increment(ref _runningJobs) > _maxJobs)
        {
            ReleaseJob();
            return new JobStream(new JobRefusal(JobErrorCodes.TunnelFull, $"The tunnel carries {_maxJobs} jobs already.", Retryable: true));
        }
        try
        {
            using var timeout = new CancellationTokenSource(LongestStart, _time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
            using var content = new ReadOnlyMemoryContent(payload);
            HttpResponseMessage response = await _client.SendAsync(
                HttpMethod.Post, TunnelRoutes.Jobs, content, dispatch.ToHeaders(), limit.Token, expected: TunnelRoutes.RefusedStatus);
            if ((int)response.StatusCode == TunnelRoutes.RefusedStatus)
            {
                using (response)
                {
                    JobRefusal refusal = await TunnelClient.ReadAsync(response, TunnelRoutes.Jobs, TunnelJson.Default.JobRefusal, JobRefusal.MaxBytes, limit.Token);
                    refusal.Validate();
                    ReleaseJob();
                    return new JobStream(refusal);
                }
            }
            return new JobStream(response, await response.Content.ReadAsStreamAsync(limit.Token), _time, ReleaseJob);
        }
        catch (Exception e)
        {
            ReleaseJob();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new TunnelLostException($"The worker did not begin to answer within {LongestStart.TotalSeconds} s.", e);
            throw;
        }
    }

    /// <summary>Receipts that no gateway has acknowledged yet, oldest first, at most <see cref="ReceiptPage.MaxReceipts"/>; checked for form alone.</summary>
    public async Task<IReadOnlyList<KeptReceipt>> GetReceiptsAsync(CancellationToken cancellationToken)
    {
        ReceiptPage page = await _client.GetAsync(TunnelRoutes.Receipts, TunnelJson.Default.ReceiptPage, MaxReceiptPageBytes, cancellationToken);
        if (page.Receipts.Count > ReceiptPage.MaxReceipts)
            throw new TunnelProtocolException($"A page of receipts has {page.Receipts.Count} of them.");
        return page.Receipts.All(receipt => receipt.IsValid) ? page.Receipts : throw new TunnelProtocolException("A kept receipt does not have the form.");
    }

    /// <summary>Tells the worker that a job's usage is booked durably, so that it may forget its receipt. May be repeated.</summary>
    public async Task AcknowledgeReceiptAsync(string jobId, CancellationToken cancellationToken)
    {
        FieldCheck.Id(jobId, nameof(jobId));
        using HttpResponseMessage response = await _client.SendAsync(HttpMethod.Post, $"{TunnelRoutes.Receipts}/{jobId}/ack", null, null, cancellationToken);
    }

    /// <summary>
    /// Closes the tunnel at once, telling the worker why where it still listens (within a second): <see cref="TunnelRefusalCodes.Fenced"/> where a newer
    /// session took over. Streams that are open break. May be repeated; the first reason stays.
    /// </summary>
    public async Task CloseAsync(TunnelRefusal reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!_stream.Ended.IsCompleted && Interlocked.CompareExchange(ref _end, new TunnelEnd(reason.Code, reason.Message), null) is null)
        {
            using var limit = new CancellationTokenSource(GoodbyeLimit, _time);
            try
            {
                await _client.PostAsync(TunnelRoutes.Goodbye, reason, TunnelJson.Default.TunnelRefusal, limit.Token);
            }
            catch (Exception e) when (e is TunnelLostException or TunnelProtocolException or OperationCanceledException)
            {
                // It is closed either way; the worker then only sees a lost connection.
            }
        }
        await DisposeAsync();
    }

    /// <summary>Closes the tunnel without a word.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stream.Ended.IsCompleted)
            Interlocked.CompareExchange(ref _end, new TunnelEnd(TunnelEnd.Released, "The gateway let go of the tunnel."), null);
        _client.Dispose();
        // The client's disposal waits for open streams; the connection must go now.
        await _stream.DisposeAsync();
    }

    private async Task<TunnelEnd> WaitForEndAsync()
    {
        await _stream.Ended;
        return Interlocked.CompareExchange(ref _end, new TunnelEnd(TunnelEnd.ConnectionLost, "The connection to the worker is gone."), null) ?? _end;
    }

    private static async Task<Heartbeat?> ReadHeartbeatAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync(cancellationToken);
                if (result.Buffer.PositionOf((byte)'\n') is { } end)
                {
                    Heartbeat heartbeat = ParseHeartbeat(result.Buffer.Slice(0, end));
                    reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                    return heartbeat;
                }
                if (result.IsCompleted)
                    return null;
                if (result.Buffer.Length > MaxHeartbeatBytes)
                    throw new TunnelProtocolException($"A heartbeat has more than {MaxHeartbeatBytes} bytes.");
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (Exception e) when (TunnelClient.IsLoss(e, cancellationToken))
        {
            throw new TunnelLostException("The tunnel broke.", e);
        }
    }

    private static Heartbeat ParseHeartbeat(ReadOnlySequence<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            Heartbeat heartbeat = JsonSerializer.Deserialize(ref json, TunnelJson.Default.Heartbeat) ?? throw new TunnelProtocolException("A heartbeat is null.");
            heartbeat.Validate();
            return heartbeat;
        }
        catch (JsonException e)
        {
            throw new TunnelProtocolException($"A heartbeat is not the JSON it should be: {e.Path}", e);
        }
    }

    private void ReleaseJob() => Interlocked.Decrement(ref _runningJobs);
}
