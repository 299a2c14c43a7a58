using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Sealing;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Replays;

/// <summary>
/// Gives the answer of a request with an <c>Idempotency-Key</c> again to who repeats it: read along while it is under way, then from what was sealed under the client's API key and that
/// <c>Idempotency-Key</c>. A stream can be taken up behind any of its events (<c>Last-Event-ID</c>). A client library's own retry of a request without such a key adopts the first answer while that is
/// under way.
/// </summary>
public sealed class AnswerReplays : IDisposable
{
    /// <summary>The header that names the last event that a client has of a stream (WHATWG HTML, 9.2).</summary>
    public const string LastEventIdHeader = "Last-Event-ID";

    /// <summary>The header that marks an answer that was given before.</summary>
    public const string ReplayedHeader = "Idempotent-Replayed";

    /// <summary>The header by which OpenAI's client libraries count their retries of a request.</summary>
    public const string RetryCountHeader = "x-stainless-retry-count";

    private const byte LineEnd = (byte)'\n';
    private const byte Stream = (byte)'S';
    private const byte Document = (byte)'D';

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, AnswerLog> _running = [];
    private readonly ConcurrentDictionary<string, AnswerLog> _adoptable = new(StringComparer.Ordinal);
    private readonly SealedTexts _ended;
    private readonly ITimer _sweep;
    private readonly TimeSpan _keepAlive;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _time;

    /// <summary>Made once for the process.</summary>
    public AnswerReplays(IOptions<GatewayOptions> options, GatewayMetrics metrics, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ReplayOptions limits = options.Value.Replays;
        _ended = new SealedTexts(limits.KeepFor, limits.MaxBytes, time);
        _sweep = time.CreateTimer(_ => _ended.Sweep(), null, SweepPeriod, SweepPeriod);
        (_keepAlive, _metrics, _time) = (options.Value.Dispatch.KeepAlivePeriod, metrics, time);
    }

    /// <summary>Begins to note an answer.</summary>
    /// <param name="job">The job.</param>
    /// <param name="path">The request's path.</param>
    /// <param name="bodySha256">SHA-256 of its body.</param>
    /// <returns>Null where nobody can come for it again: a stream without an <c>Idempotency-Key</c> ends with its client.</returns>
    public AnswerLog? Begin(AdmittedJob job, string path, byte[] bodySha256)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (!job.IsIdempotent && job is not ChatJob { Stream: false })
        {
            return null;
        }

        var log = new AnswerLog(bodySha256, job is ChatJob { Stream: true });
        if (job.IsIdempotent)
        {
            _running[job.JobId] = log;
        }
        else
        {
            _adoptable[AdoptionKey(job.Caller.KeyId, path, bodySha256)] = log;
        }

        return log;
    }

    /// <summary>Ends it: an answer that is whole is sealed and kept, any other one forgotten.</summary>
    public void End(AdmittedJob job, AnswerLog log, string path, string apiKey, string? idempotencyKey, bool isWhole)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(log);
        (IReadOnlyList<byte[]> pieces, _, _) = log.Read(0);
        if (isWhole && pieces.Count > 0 && idempotencyKey is not null)
        {
            byte[] text = Join(log, pieces);
            _ended.Keep(job.Caller.KeyId, apiKey, IdOf(job.JobId, idempotencyKey), text);
            CryptographicOperations.ZeroMemory(text);
        }

        log.End(isWhole && pieces.Count > 0 ? AnswerLogEnd.Whole : AnswerLogEnd.Broken);
        _running.TryRemove(job.JobId, out _);
        if (idempotencyKey is null)
        {
            _adoptable.TryRemove(new(AdoptionKey(job.Caller.KeyId, path, log.RequestSha256), log));
        }
    }

    /// <summary>
    /// Answers a request without an <c>Idempotency-Key</c> by an equal one of the same key that is under way: where the client says that it is a retry, or the first one has lost its client. Two equal
    /// requests whose clients both wait are two.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="keyId">Whose it is.</param>
    /// <param name="bodySha256">SHA-256 of its body.</param>
    /// <returns>Null where there is none, or it failed: then this is a request like any other.</returns>
    public async Task<IResult?> AdoptAsync(HttpContext http, string keyId, byte[] bodySha256)
    {
        ArgumentNullException.ThrowIfNull(http);
        bool isRetry = http.Request.Headers[RetryCountHeader].ToString() is { Length: > 0 } count && count != "0";
        if (!_adoptable.TryGetValue(AdoptionKey(keyId, http.Request.Path, bodySha256), out AnswerLog? log) || !(isRetry || log.IsDeserted))
        {
            return null;
        }

        using IDisposable reading = log.ReadAlong();
        IResult? answer = await WaitAsync(http, log);
        if (answer is not null)
        {
            _metrics.Replayed("adopted");
        }

        return answer;
    }

    /// <summary>Answers a repeat, if the first answer is here.</summary>
    /// <param name="http">The repeat.</param>
    /// <param name="keyId">Whose it is.</param>
    /// <param name="apiKey">The API key as it came.</param>
    /// <param name="idempotencyKey">The client's text.</param>
    /// <param name="jobId">The first request's job.</param>
    /// <param name="bodySha256">SHA-256 of the repeat's body.</param>
    /// <returns>Null where it is not here: the client is told what became of the first request.</returns>
    public async Task<IResult?> AnswerAsync(HttpContext http, string keyId, string apiKey, string idempotencyKey, Guid jobId, byte[] bodySha256)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (!TryReadPlace(http.Request.Headers, out int from, out ApiError? error))
        {
            return error;
        }

        // One that ends in between is found among the ended ones.
        bool isRunning = _running.TryGetValue(jobId, out AnswerLog? log);
        log ??= _ended.Find(keyId, apiKey, IdOf(jobId, idempotencyKey)) is { } text ? Split(text) : null;
        if (log is not null && !log.RequestSha256.AsSpan().SequenceEqual(bodySha256))
        {
            return new ApiError(ErrorKinds.IdempotencyKeyReuse, $"This {JobAdmission.IdempotencyHeader} was used for another request.");
        }

        if (log is null || (isRunning && !log.IsAttended))
        {
            return null;
        }

        using IDisposable reading = log.ReadAlong();
        _metrics.Replayed(isRunning ? "running" : "ended");
        return log.IsStream ? await StreamAsync(http, log, from)
            : await WaitAsync(http, log) ?? new ApiError(ErrorKinds.IdempotencyInProgress, $"The first request with this {JobAdmission.IdempotencyHeader} has just failed; repeat it.");
    }

    /// <inheritdoc/>
    public void Dispose() => _sweep.Dispose();

    private static string IdOf(Guid jobId, string idempotencyKey) => $"answer/{jobId:N}/{idempotencyKey}";

    private static string AdoptionKey(string keyId, string path, byte[] bodySha256) => $"{keyId} {path} {Convert.ToHexStringLower(bodySha256)}";

    private static byte[] Join(AnswerLog log, IReadOnlyList<byte[]> pieces)
    {
        var text = new ArrayBufferWriter<byte>(1 + SHA256.HashSizeInBytes + pieces.Sum(static piece => piece.Length + 1));
        text.Write([log.IsStream ? Stream : Document]);
        text.Write(log.RequestSha256);
        foreach (byte[] piece in pieces)
        {
            text.Write(piece);
            text.Write([LineEnd]);
        }

        return text.WrittenSpan.ToArray();
    }

    private static AnswerLog Split(byte[] text)
    {
        var log = new AnswerLog(text[1..(1 + SHA256.HashSizeInBytes)], text[0] == Stream);
        for (ReadOnlySpan<byte> rest = text.AsSpan(1 + SHA256.HashSizeInBytes); !rest.IsEmpty;)
        {
            int end = rest.IndexOf(LineEnd);
            log.Append(rest[..end]);
            rest = rest[(end + 1)..];
        }

        log.End(AnswerLogEnd.Whole);
        return log;
    }

    private static bool TryReadPlace(IHeaderDictionary headers, out int from, out ApiError? error)
    {
        (from, error) = (0, null);
        if (headers[LastEventIdHeader].ToString() is not { Length: > 0 } text)
        {
            return true;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int last) || last == int.MaxValue)
        {
            error = new ApiError(ErrorKinds.InvalidValue, $"{LastEventIdHeader} must be the id of an event of this stream, a whole number.") { Param = LastEventIdHeader };
            return false;
        }

        from = last + 1;
        return true;
    }

    /// <summary>A document is there at once and whole, or not at all.</summary>
    private static async Task<IResult?> WaitAsync(HttpContext http, AnswerLog log)
    {
        while (true)
        {
            (IReadOnlyList<byte[]> pieces, AnswerLogEnd end, Task changed) = log.Read(0);
            switch (end)
            {
                case AnswerLogEnd.Whole:
                    http.Response.Headers[ReplayedHeader] = "true";
                    return Results.Bytes(pieces[0], "application/json");
                case AnswerLogEnd.Broken:
                    return null;
            }

            try
            {
                await changed.WaitAsync(http.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                return Results.Empty;
            }
        }
    }

    private async Task<IResult> StreamAsync(HttpContext http, AnswerLog log, int from)
    {
        http.Response.Headers[ReplayedHeader] = "true";
        await SseAnswer.ReplayAsync(http, log, from, _keepAlive, _time);
        return http.Response.HasStarted ? Results.Empty : Results.Text("", "text/event-stream");
    }
}
