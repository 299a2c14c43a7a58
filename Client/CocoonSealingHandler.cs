using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using CocoonOrleans.Client.Answers;
using CocoonOrleans.Client.Evidence;
using CocoonOrleans.Client.Payments;
using CocoonOrleans.Client.Receipts;
using CocoonOrleans.Client.Requests;
using CocoonOrleans.Client.Workers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Client;

/// <summary>
/// Seals what a client of OpenAI's API sends, to workers whose statements it has verified, and opens what comes back: the gateway passes on what it can't
/// read. Put it under any client that takes an <see cref="HttpClient"/>; of the official one: <c>Transport = new HttpClientPipelineTransport(new
/// HttpClient(new CocoonSealingHandler(options)))</c>. Chats and embeddings are sealed, requests without a body are passed on, and anything else is refused
/// before it leaves: nothing goes out in the clear for want of a seal. Thread-safe; keep one for each gateway.
/// </summary>
/// <remarks>What breaks a promise of the protocol throws <see cref="SealingRefusedException"/>. The gateway's own refusals come as it says them.</remarks>
public sealed class CocoonSealingHandler : DelegatingHandler
{
    private const int Attempts = 2;
    private const int MostDocumentBytes = 64 << 20;

    /// <summary>How long a worker may take until it begins.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly CocoonSealingOptions _options;
    private readonly WorkerDirectory _directory;
    private readonly SealedSessions _sessions;
    private readonly RequestSealer _single;
    private readonly ChannelPayment? _payment;

    /// <summary>What this client's requests may share at a worker; nobody else's.</summary>
    private readonly Digest _salt = new(RandomNumberGenerator.GetBytes(Digest.Length));

    /// <summary>Seals over ordinary HTTP.</summary>
    /// <param name="options">What it insists on.</param>
    public CocoonSealingHandler(CocoonSealingOptions options)
        : this(options, new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
    {
    }

    /// <summary>Seals over a handler of the caller's.</summary>
    /// <param name="options">What it insists on.</param>
    /// <param name="inner">Takes the sealed requests to the gateway.</param>
    public CocoonSealingHandler(CocoonSealingOptions options, HttpMessageHandler inner)
        : base(inner)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MostHoldNano, 1, nameof(options));
        _options = options;
        _directory = new WorkerDirectory(new StatementVerifier(options), options, base.SendAsync);
        _sessions = new SealedSessions(options.Time);
        _single = new RequestSealer(options.Time);
        _payment = options.Payer is { } payer ? new ChannelPayment(payer, base.SendAsync) : null;
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!ApiCall.IsSealed(request))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var call = await ApiCall.ReadAsync(request, cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            var (response, mayRepeat) = await TryAsync(call, attempt, cancellationToken);
            if (attempt == Attempts - 1 || !mayRepeat)
            {
                response.RequestMessage = request;
                return response;
            }

            // The worker may have left, or have no room for the session: another list, and a request that stands alone, for any worker of it.
            response.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.Run(() => SendAsync(request, cancellationToken), cancellationToken).GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sessions.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <returns>The answer, and whether it is a gateway's refusal after which another worker, or another list, may help.</returns>
    private async Task<(HttpResponseMessage Response, bool MayRepeat)> TryAsync(ApiCall call, int attempt, CancellationToken cancellationToken)
    {
        var (workers, refusal) = await _directory.FindAsync(call, isAnew: attempt > 0, cancellationToken);
        if (workers is null)
        {
            return (refusal!, false);
        }

        var minimum = call.Trust is { } wanted && wanted > _options.MinimumTier ? wanted : _options.MinimumTier;
        BoundStatement[] statements = [.. workers.Statements.Where(statement => statement.Statement.Tier >= minimum)];
        if (statements.Length == 0)
        {
            throw new SealingRefusedException(SealingRefusalCodes.StatementTier, $"A worker of tier {minimum} or more was expected; none is offered.");
        }

        var asked = _options.Time.GetUtcNow();
        var sealedRequest = Seal(call, workers, statements, minimum, attempt);
        HttpResponseMessage? response = null;
        PaidRequest? paid = null;
        try
        {
            using var post = call.Request(HttpMethod.Post, call.Url("sealed"));
            if (_payment is not null)
            {
                var terms = sealedRequest.Header.Terms;
                paid = await _payment.BeginAsync(call, terms.RequestId, terms.HoldLimitNano, cancellationToken);
                post.Headers.Add(PaidRequest.HeaderName, paid.Header);
            }

            post.Content = new ReadOnlyMemoryContent(sealedRequest.Bytes) { Headers = { ContentType = new MediaTypeHeaderValue(SealedHttp.MediaType) } };
            response = await base.SendAsync(post, cancellationToken);
            if (response.StatusCode >= HttpStatusCode.BadRequest)
            {
                sealedRequest.Dispose();
                var hasCaughtUp = paid is not null && await _payment!.RefusedAsync(paid, response, cancellationToken);
                return (response, hasCaughtUp || response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable);
            }

            if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != SealedHttp.MediaType)
            {
                throw new SealingRefusedException(SealingRefusalCodes.AnswerUnsealed, $"A sealed request was answered with status {(int)response.StatusCode}, unsealed.");
            }

            var keeping = _options.Receipts is { } folder ? new ReceiptKeeping(folder, hash => workers.Vouchers[hash], asked, _options.Time) : null;
            var answer = await OpenedAnswer.OpenAsync(response, sealedRequest, sealedRequest.Header.Terms.HoldLimitNano, keeping, paid, cancellationToken);
            return (await OpenAsync(call, answer, cancellationToken), false);
        }
        catch
        {
            paid?.Dispose();
            sealedRequest.Dispose();
            response?.Dispose();
            throw;
        }
    }

    private SealedRequest Seal(ApiCall call, AttestedWorkers workers, BoundStatement[] statements, TrustTier minimum, int attempt)
    {
        var now = _options.Time.GetUtcNow();
        var hold = _options.HoldLimitNano ?? HoldOf(call, workers);
        if (hold > _options.MostHoldNano)
        {
            throw new SealingRefusedException(
                SealingRefusalCodes.RequestHold,
                $"The request may cost up to {hold} nano, and {nameof(CocoonSealingOptions.MostHoldNano)} allows {_options.MostHoldNano}. Ask for fewer tokens (max_completion_tokens), or raise {nameof(CocoonSealingOptions.MostHoldNano)} (./cocoon proxy --most-hold).");
        }

        var terms = new RequestTerms
        {
            RequestId = call.RequestId(attempt, now),
            Model = call.Model,
            IsStreamed = call.IsStreamed,
            MinimumTier = minimum,
            Padding = _options.Padding,
            HoldLimitNano = hold,
            Expires = DateTimeOffset.FromUnixTimeSeconds((now + Life).ToUnixTimeSeconds()),
        };
        var meta = new RequestMeta("POST", call.Path, "application/json", _salt);
        return (attempt == 0 && _sessions.Of(statements[0]).TrySeal(terms, meta, call.Body, out var request, out _))
            || _single.TrySeal(terms, meta, call.Body, statements, out request, out var fault)
                ? request
                : throw new SealingRefusedException(SealingRefusalCodes.StatementUnusable, $"Nothing can be sealed to the workers' statements: {fault}.");
    }

    private long HoldOf(ApiCall call, AttestedWorkers workers)
    {
        try
        {
            return workers.HoldNano(SealedRequest.MostRecordBytes(_options.Padding, call.Body.Length), call.MaxCompletionTokens, call.Choices);
        }
        catch (OverflowException)
        {
            throw new SealingRefusedException(SealingRefusalCodes.WorkersMalformed, "The model's prices are beyond all measure.");
        }
    }

    /// <summary>Waits for the first piece: what fails before it has a status of its own.</summary>
    private static async Task<HttpResponseMessage> OpenAsync(ApiCall call, OpenedAnswer answer, CancellationToken cancellationToken)
    {
        try
        {
            var first = await answer.ReadAsync(cancellationToken);
            if (first is { } piece && call.IsStreamed)
            {
                return Response(200, new StreamContent(new ChatStream(answer, piece.ToArray(), call.IncludesUsage)), "text/event-stream");
            }

            byte[]? document = first is null ? null : await CollectAsync(call, answer, first.Value, cancellationToken);
            var (status, body) = document is not null ? (200, document)
                : answer.Error is { } error ? AnswerDocuments.Of(error)
                : throw ChunkEvents.Malformed(null);
            await answer.DisposeAsync();
            return Response(status, new ByteArrayContent(body), "application/json");
        }
        catch
        {
            await answer.DisposeAsync();
            throw;
        }
    }

    /// <returns>The document; null where the worker failed.</returns>
    private static async Task<byte[]?> CollectAsync(ApiCall call, OpenedAnswer answer, ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
    {
        var chat = new ChatDocument();
        var vectors = new EmbeddingsList(call);
        var length = 0L;
        for (ReadOnlyMemory<byte>? piece = first; piece is { } bytes; piece = await answer.ReadAsync(cancellationToken))
        {
            length += bytes.Length;
            if (length > MostDocumentBytes)
            {
                throw new SealingRefusedException(SealingRefusalCodes.AnswerTooLarge, $"The answer has more than {MostDocumentBytes} bytes.");
            }

            if (call.IsEmbeddings)
            {
                vectors.Take(bytes.Span);
            }
            else
            {
                chat.Take(bytes.Span);
            }
        }

        if (answer.FailedUsage is { } charged)
        {
            chat.Compare(charged);
        }

        return answer.Usage is not { } usage ? null : call.IsEmbeddings ? vectors.End(usage) : chat.End(usage);
    }

    private static HttpResponseMessage Response(int status, HttpContent content, string mediaType)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return new HttpResponseMessage((HttpStatusCode)status) { Content = content };
    }
}
