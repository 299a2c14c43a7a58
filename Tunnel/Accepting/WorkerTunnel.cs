using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>
/// A gateway's end of one tunnel to one trusted worker. Thread-safe. Every method throws <see cref="TunnelLostException"/> where the connection breaks
/// or is gone, and <see cref="TunnelProtocolException"/> where the worker answers what the protocol doesn't allow.
/// </summary>
public sealed class WorkerTunnel : IAsyncDisposable
{
    private const int MaxRegistrationBytes = 256 << 10;
    private const int MaxUsagePageBytes = 1 << 20;
    private const int MaxHeartbeatBytes = 1024;

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

    /// <summary>The worker's key: what its usage reports must be signed with.</summary>
    public TunnelPublicKey WorkerKey => Peer.Key;

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

    /// <summary>
    /// Sends a job. What the worker, or the tunnel's own limit on jobs, has against it comes as the error record of the answer; the records of a job that
    /// was taken begin with meta. Cancelling before this returns tells the worker to stop, as disposing the answer does after it.
    /// </summary>
    /// <param name="dispatch">The clear part.</param>
    /// <param name="payload">The payload, opaque to the tunnel; at most <see cref="TunnelProtocol.MaxPayloadBytes"/>.</param>
    /// <param name="cancellationToken">Cancels the job until its answer has begun.</param>
    public async Task<JobStream> SendJobAsync(JobDispatch dispatch, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dispatch);
        if (payload.Length > TunnelProtocol.MaxPayloadBytes)
        {
            return await RefusedAsync(new JobError(JobErrorCodes.PayloadTooLarge,
                $"The request has {payload.Length} bytes; a worker takes {TunnelProtocol.MaxPayloadBytes}.", Retryable: false), cancellationToken);
        }
        // The HTTP/2 client would queue without bound and without a word.
        if (Interlocked.Increment(ref _runningJobs) > _maxJobs)
        {
            ReleaseJob();
            return await RefusedAsync(new JobError(JobErrorCodes.TunnelFull, $"The tunnel carries {_maxJobs} jobs already.", Retryable: true), cancellationToken);
        }
        try
        {
            using var content = new ReadOnlyMemoryContent(payload);
            HttpResponseMessage response = await _client.SendAsync(HttpMethod.Post, TunnelRoutes.Jobs, content, dispatch.ToHeaders(), cancellationToken);
            return new JobStream(response, await response.Content.ReadAsStreamAsync(cancellationToken), _time, ReleaseJob);
        }
        catch
        {
            ReleaseJob();
            throw;
        }
    }

    /// <summary>Usage reports that no gateway has acknowledged yet, oldest first, at most <see cref="UsageReportPage.MaxReports"/>; unchecked.</summary>
    public async Task<IReadOnlyList<SignedUsageReport>> GetUsageReportsAsync(CancellationToken cancellationToken)
    {
        UsageReportPage page = await _client.GetAsync(
            TunnelRoutes.UsageReports, TunnelJson.Default.UsageReportPage, MaxUsagePageBytes, cancellationToken);
        return page.Reports.Count <= UsageReportPage.MaxReports
            ? page.Reports
            : throw new TunnelProtocolException($"A page of usage reports has {page.Reports.Count} of them.");
    }

    /// <summary>Tells the worker that a job's usage is booked durably, so that it may forget its report. May be repeated.</summary>
    public async Task AcknowledgeUsageAsync(string jobId, CancellationToken cancellationToken)
    {
        FieldCheck.Id(jobId, nameof(jobId));
        using HttpResponseMessage response = await _client.SendAsync(HttpMethod.Post, $"{TunnelRoutes.UsageReports}/{jobId}/ack", null, null, cancellationToken);
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

    private async Task<JobStream> RefusedAsync(JobError error, CancellationToken cancellationToken)
    {
        var record = new MemoryStream();
        var pipe = PipeWriter.Create(record, new StreamPipeWriterOptions(leaveOpen: true));
        await new RecordWriter(pipe).WriteAsync(error, cancellationToken);
        await pipe.CompleteAsync();
        record.Position = 0;
        return new JobStream(record, record, _time, static () => { });
    }

    private void ReleaseJob() => Interlocked.Decrement(ref _runningJobs);
}
