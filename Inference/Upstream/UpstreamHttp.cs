using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;

namespace CocoonOrleans.Inference.Upstream;

/// <summary>
/// HTTP/1.1 to one server: no redirects, proxies or cookies, bounded bodies, and to this machine only where nothing else is allowed. Every failure is an
/// <see cref="UpstreamFaultException"/>; leaving a body early closes its connection, by which servers see that nobody wants the answer.
/// </summary>
internal sealed class UpstreamHttp : IDisposable
{
    private const int LargestDocument = 4 << 20;
    private const int LargestHeaders = 32; // KiB
    private const int LongestQuote = 300;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    public UpstreamHttp(UpstreamModelOptions options, TimeProvider time)
    {
        _time = time;
        _http = new HttpClient(Handler(options.AllowRemote))
        {
            BaseAddress = options.ToUri(),
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (options.ApiKey is { } key)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Gets a JSON object.</summary>
    public async Task<JsonDocument> GetAsync(string path, TimeSpan limit, CancellationToken cancellationToken)
        => await WithinAsync(
            limit,
            async token =>
            {
                using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), quote: true, token);
                await using var body = await response.Content.ReadAsStreamAsync(token);
                return UpstreamJson.Parse(await ReadAllAsync(body, LargestDocument, token), $"the answer to GET {path}");
            },
            cancellationToken);

    /// <summary>Posts a JSON object and gets one.</summary>
    /// <param name="path">The path.</param>
    /// <param name="json">The object.</param>
    /// <param name="largest">Most bytes of the answer.</param>
    /// <param name="quote">Whether a fault may quote the server: only where nothing of a client was sent.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JsonDocument> PostAsync(string path, ReadOnlyMemory<byte> json, int largest, bool quote, TimeSpan limit, CancellationToken cancellationToken)
        => await WithinAsync(
            limit,
            async token =>
            {
                using var response = await SendAsync(Post(path, json), quote, token);
                await using var body = await response.Content.ReadAsStreamAsync(token);
                return UpstreamJson.Parse(await ReadAllAsync(body, largest, token), $"the answer to POST {path}");
            },
            cancellationToken);

    /// <summary>Posts a JSON object and begins to read the events of the answer.</summary>
    /// <param name="path">The path.</param>
    /// <param name="json">The object.</param>
    /// <param name="largestEvent">Most bytes of an event.</param>
    /// <param name="quote">Whether a fault may quote the server: only where nothing of a client was sent.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<EventStreamReader> PostForEventsAsync(string path, ReadOnlyMemory<byte> json, int largestEvent, bool quote, TimeSpan limit, CancellationToken cancellationToken)
        => await WithinAsync(
            limit,
            async token =>
            {
                var response = await SendAsync(Post(path, json), quote, token);
                if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                {
                    response.Dispose();
                    throw new UpstreamFaultException(UpstreamFault.Broken, $"its answer to POST {path} is no event stream");
                }

                return new EventStreamReader(await response.Content.ReadAsStreamAsync(token), largestEvent);
            },
            cancellationToken);

    /// <summary>Does something that must not take longer than a limit, and translates what goes wrong.</summary>
    public async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await action(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamFaultException(UpstreamFault.Slow, $"nothing came for {limit.TotalSeconds:0} s");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own limit for a connection.
            throw new UpstreamFaultException(e.InnerException is TimeoutException ? UpstreamFault.Unreachable : UpstreamFault.Broken, "the connection took too long");
        }
        catch (HttpRequestException e)
        {
            throw Translate(e);
        }
        catch (ObjectDisposedException)
        {
            throw new UpstreamFaultException(UpstreamFault.Broken, "the engine is stopping");
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamFaultException(UpstreamFault.Broken, "the connection broke in the middle of an answer");
        }
        catch (IOException)
        {
            // Cancelling breaks the connection.
            throw new OperationCanceledException(cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Handler(bool allowRemote) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectLimit,
        MaxResponseHeadersLength = LargestHeaders,
        MaxResponseDrainSize = 0,
        ResponseDrainTimeout = TimeSpan.Zero,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, allowRemote, cancellationToken),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint server, bool allowRemote, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(server.Host, cancellationToken);
        if (!allowRemote)
        {
            addresses = [.. addresses.Where(IPAddress.IsLoopback)];
        }

        if (addresses.Length == 0)
        {
            throw new IOException($"{server.Host} is not this machine");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, server.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Post(string path, ReadOnlyMemory<byte> json)
    {
        var content = new ReadOnlyMemoryContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool quote, CancellationToken cancellationToken)
    {
        using (request)
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return response;
            }

            using (response)
            {
                // Its body may repeat the prompt, so in general nobody reads it.
                var words = quote ? await ReadErrorAsync(response, cancellationToken) : null;
                throw Translate(response.StatusCode, $"{request.Method} {request.RequestUri?.AbsolutePath}", words);
            }
        }
    }

    /// <summary>What the server says about its refusal; null where it says nothing that can be read.</summary>
    private static async Task<string?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            using var json = UpstreamJson.Parse(await ReadAllAsync(body, LargestDocument, cancellationToken), "an error");
            var message = UpstreamJson.FindText(UpstreamJson.Find(json.RootElement, "error") ?? json.RootElement, "message");
            return message is null ? null : string.Concat(message.Where(c => !char.IsControl(c)).Take(LongestQuote));
        }
        catch (Exception e) when (e is UpstreamFaultException or IOException)
        {
            return null;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream body, int largest, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        while (buffer.WrittenCount <= largest)
        {
            var count = await body.ReadAsync(buffer.GetMemory(4096), cancellationToken);
            if (count == 0)
            {
                return buffer.WrittenMemory;
            }

            buffer.Advance(count);
        }

        throw new UpstreamFaultException(UpstreamFault.Broken, $"it sent more than {largest} bytes");
    }

    private static UpstreamFaultException Translate(HttpStatusCode status, string request, string? words)
    {
        const string SeeItsLog = "; its own log says why";
        var (fault, hint) = (int)status switch
        {
            429 or 503 => (UpstreamFault.Busy, ""),
            404 => (UpstreamFault.Unknown, ""),
            401 or 403 => (UpstreamFault.Refused, "; set the model's Upstream:ApiKey"),
            >= 300 and < 400 => (UpstreamFault.Refused, "; redirects are not followed"),
            >= 500 => (UpstreamFault.Broken, SeeItsLog),
            _ => (UpstreamFault.Refused, SeeItsLog),
        };
        return new UpstreamFaultException(fault, $"it answered {request} with status {(int)status}{(words is null || hint != SeeItsLog ? hint : $": {words}")}");
    }

    private static UpstreamFaultException Translate(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError => new(UpstreamFault.Unreachable, ReasonOf(e)),
        HttpRequestError.SecureConnectionError => new(UpstreamFault.Unreachable, "no TLS connection came about; its certificate must be valid for the address"),
        _ when e.InnerException is SocketException or IOException { InnerException: null } => new(UpstreamFault.Unreachable, ReasonOf(e)),
        _ => new(UpstreamFault.Broken, "the connection broke"),
    };

    private static string ReasonOf(HttpRequestException e) => e.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the connection was refused",
        SocketException socket => $"there is no connection: {socket.SocketErrorCode}",
        IOException io => io.Message,
        _ => "there is no connection",
    };
}
