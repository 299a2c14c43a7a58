using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CocoonOrleans.Attestation.Quotes;

namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>
/// Quotes from a quote service: <c>POST /quote</c> with the 64 bytes gives the quote's bytes, any other status a text that says why not. The simulated
/// issuer is one; what its quotes are worth says the anchor under which they verify, not where they came from.
/// </summary>
public sealed class QuoteServiceSource : IQuoteSource, IDisposable
{
    private const int LongestText = 500;

    private readonly QuoteServiceOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <param name="options">How the service is asked.</param>
    /// <param name="time">For the time limit.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public QuoteServiceSource(QuoteServiceOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        (_options, _time) = (options, time);
        _http = new HttpClient(QuoteServiceSocket.CreateHandler(options.Socket))
        {
            BaseAddress = QuoteServiceSocket.BaseAddress,
            MaxResponseContentBufferSize = Quote.LargestBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<QuoteResult> QuoteAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellationToken = default)
    {
        ReportData.Check(reportData);
        using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var content = new ReadOnlyMemoryContent(reportData);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            using var answer = await _http.PostAsync(_options.Path("quote"), content, ended.Token);
            var body = await answer.Content.ReadAsByteArrayAsync(ended.Token);
            return answer.StatusCode == HttpStatusCode.OK
                ? QuoteResult.Of(body, null, reportData.Span, $"The quote service at {_options.Socket}")
                : QuoteResult.Failed(TeeFailureKind.Refused, $"The quote service at {_options.Socket} answered {(int)answer.StatusCode}: {Text(body)}", "Look into the quote service's log.");
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return QuoteResult.Failed(TeeFailureKind.Malformed, $"The quote service at {_options.Socket} gave more than {Quote.LargestBytes} bytes.", "Report it: no quote is as large.");
        }
        catch (HttpRequestException fault)
        {
            return QuoteResult.Failed(
                TeeFailureKind.Unreachable,
                $"The quote service at {_options.Socket} can't be reached ({fault.InnerException?.Message ?? fault.Message}).",
                "Start it, or name its socket; only the user that started it may use it.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return QuoteResult.Failed(
                TeeFailureKind.TimedOut, $"The quote service at {_options.Socket} did not answer within {_options.TimeLimit.TotalSeconds:0} s.", "Look into the quote service's log.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Text(byte[] body) => string.Concat(Encoding.UTF8.GetString(body).Take(LongestText).Where(letter => !char.IsControl(letter)));
}
