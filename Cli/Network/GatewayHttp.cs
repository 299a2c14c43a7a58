using System.Net.Http.Headers;

namespace CocoonOrleans.Cli.Network;

/// <summary>HTTP clients of a gateway and of its administration.</summary>
internal static class GatewayHttp
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Opens one. A gateway on this machine is never asked through a proxy, whatever the environment says.</summary>
    /// <param name="gateway">Its address.</param>
    /// <param name="secret">The API key or admin token.</param>
    /// <param name="timeout">The longest wait for a whole answer; <see cref="Timeout.InfiniteTimeSpan"/> for a stream.</param>
    public static HttpClient Open(Uri gateway, string secret, TimeSpan timeout) => new(
        new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = !gateway.IsLoopback })
    {
        BaseAddress = gateway,
        Timeout = timeout,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", secret) },
    };
}
