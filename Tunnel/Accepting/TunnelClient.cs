using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Tracing;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>HTTP/2 over the one connection of a tunnel. A connection that is gone is never replaced: the worker dials, not we.</summary>
internal sealed class TunnelClient : IDisposable
{
    private const string Root = "http://worker";

    private readonly HttpMessageInvoker _invoker;
    private readonly TunnelStream _stream;
    private int _connects;

    public TunnelClient(TunnelStream stream)
    {
        _stream = stream;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = Connect,
            EnableMultipleHttp2Connections = false,
            MaxConnectionsPerServer = 1,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            // The default of a minute closes an idle tunnel, pings or not.
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = TimeSpan.FromSeconds(2),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(2),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = new TraceParentPropagator(),
        });
    }

    /// <exception cref="TunnelLostException">The tunnel broke.</exception>
    /// <exception cref="TunnelProtocolException">The worker's answer has another status than 200, 204 or the one that is expected beside them.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, IEnumerable<KeyValuePair<string, string>>? headers, CancellationToken cancellationToken, int? expected = null)
    {
        using var request = new HttpRequestMessage(method, Root + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        foreach (var (name, value) in headers ?? [])
            request.Headers.TryAddWithoutValidation(name, value);
        HttpResponseMessage response;
        try
        {
            response = await _invoker.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (IsLoss(e, cancellationToken))
        {
            throw new TunnelLostException("The tunnel broke before the worker answered.", e);
        }
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NoContent || (int)response.StatusCode == expected)
            return response;
        using (response)
            throw new TunnelProtocolException($"The worker answered {method} {path} with status {(int)response.StatusCode}.");
    }

    /// <summary>Reads a JSON document of bounded size.</summary>
    /// <exception cref="TunnelLostException">The tunnel broke.</exception>
    /// <exception cref="TunnelProtocolException">It is too large, or not the JSON it should be.</exception>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path, null, null, cancellationToken);
        return await ReadAsync(response, path, type, maxBytes, cancellationToken);
    }

    /// <summary>Reads the JSON document of a response.</summary>
    /// <exception cref="TunnelLostException">The tunnel broke.</exception>
    /// <exception cref="TunnelProtocolException">It is too large, or not the JSON it should be.</exception>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, string path, JsonTypeInfo<T> type, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(maxBytes, cancellationToken);
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken)
                ?? throw new TunnelProtocolException($"The worker answered {path} with null.");
        }
        catch (JsonException e)
        {
            throw new TunnelProtocolException($"The worker's answer to {path} is not the JSON it should be: {e.Path}", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new TunnelProtocolException($"The worker's answer to {path} has more than {maxBytes} bytes.", e);
        }
        catch (Exception e) when (IsLoss(e, cancellationToken))
        {
            throw new TunnelLostException("The tunnel broke in the middle of an answer.", e);
        }
    }

    public async Task PostAsync<T>(string path, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, path, content, null, cancellationToken);
    }

    /// <summary>Whether an exception means that the connection or stream broke. A stalled upload that fails comes as a cancellation that nobody asked for.</summary>
    public static bool IsLoss(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException or ObjectDisposedException
        || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    public void Dispose() => _invoker.Dispose();

    private ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _connects) == 1
            ? new ValueTask<Stream>(_stream)
            : throw new IOException("The worker's connection is gone; only the worker can dial again.");
}
