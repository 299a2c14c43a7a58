using System.Net.Sockets;

namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>HTTP over a quote service's unix socket.</summary>
public static class QuoteServiceSocket
{
    /// <summary>What stands where a URL has a host: it names nothing.</summary>
    public static Uri BaseAddress { get; } = new("http://quote-service/");

    /// <summary>A handler whose every connection goes to the socket, whatever a request's address says.</summary>
    /// <param name="path">The socket.</param>
    /// <exception cref="ArgumentException">The path is too long for a socket.</exception>
    public static SocketsHttpHandler CreateHandler(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        UnixDomainSocketEndPoint end;
        try
        {
            end = new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new ArgumentException($"A socket's path has at most 107 bytes; {path} is longer.", nameof(path));
        }

        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(end, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
    }
}
