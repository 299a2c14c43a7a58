using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.QuoteSources;

namespace CocoonOrleans.Attestation.Measuring;

/// <summary>
/// RTMR3 of a TD that a quote service plays: <c>GET /rtmr3</c> gives its 48 bytes, <c>POST /rtmr3</c> with a digest of 48 bytes extends it. Only a simulated issuer has such a
/// thing: the register of a real TD is its processor's, behind <see cref="RuntimeRegister"/>.
/// </summary>
public sealed class QuoteServiceRegister : IRuntimeRegister, IDisposable
{
    private const int LongestText = 500;

    private readonly QuoteServiceOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="options">How the service is asked, and of which TD.</param>
    /// <param name="time">For the time limit.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public QuoteServiceRegister(QuoteServiceOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        (_options, _time) = (options, time);
        _http = new HttpClient(QuoteServiceSocket.CreateHandler(options.Socket))
        {
            BaseAddress = QuoteServiceSocket.BaseAddress,
            MaxResponseContentBufferSize = LongestText,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public Task<RegisterResult> ReadAsync(CancellationToken cancellationToken = default) => AskAsync(HttpMethod.Get, default, cancellationToken);

    /// <inheritdoc/>
    public async Task<RegisterResult> ExtendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var digest = RuntimeEvent.Digest(RuntimeEvent.Cocoon, name, payload.Span)!;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var before = await AskAsync(HttpMethod.Get, default, cancellationToken);
            if (!before.IsDone)
            {
                return before;
            }

            var after = await AskAsync(HttpMethod.Post, digest, cancellationToken);
            return !after.IsDone || after.Value.Span.SequenceEqual(SHA384.HashData([.. before.Value.Span, .. digest]))
                ? after
                : Failed(TeeFailureKind.Malformed, "does not hold what it must after an extension: somebody else extended it, or the service did not", "Start the worker again: it gets another simulated TD.");
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private async Task<RegisterResult> AskAsync(HttpMethod method, ReadOnlyMemory<byte> digest, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, _options.Path("rtmr3"));
            if (method == HttpMethod.Post)
            {
                request.Content = new ReadOnlyMemoryContent(digest) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
            }

            using var answer = await _http.SendAsync(request, ended.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(ended.Token);
            return answer.StatusCode != HttpStatusCode.OK ? Failed(TeeFailureKind.Refused, $"was refused with status {(int)answer.StatusCode}: {Text(body)}", "Look into the quote service's log.")
                : body.Length != EventLog.DigestBytes ? Failed(TeeFailureKind.Malformed, $"was expected to have {EventLog.DigestBytes} bytes, not {body.Length}", "Report it.")
                : new RegisterResult(body, null);
        }
        catch (HttpRequestException fault)
        {
            return Failed(TeeFailureKind.Unreachable, $"can't be reached ({fault.InnerException?.Message ?? fault.Message})", "Start the quote service, or name its socket.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(TeeFailureKind.TimedOut, $"did not come within {_options.TimeLimit.TotalSeconds:0} s", "Look into the quote service's log.");
        }
    }

    private RegisterResult Failed(TeeFailureKind kind, string what, string remedy) => new(default, new TeeFailure(kind, $"RTMR3 of the quote service at {_options.Socket} {what}.", remedy));

    private static string Text(byte[] body) => string.Concat(Encoding.UTF8.GetString(body).Where(letter => !char.IsControl(letter)));
}
