using System.Net;
using System.Net.Sockets;
using Orleans.Messaging;

namespace CocoonOrleans.Gateway.Cluster;

/// <summary>The silos that the settings name, looked up anew each time: behind one name there may be many, which come and go.</summary>
/// <param name="options">Names them.</param>
/// <param name="logger">Told of names that nobody knows.</param>
internal sealed partial class NamedSilos(ClusterOptions options, ILogger<NamedSilos> logger) : IGatewayListProvider
{
    private IReadOnlyList<Uri> _last = [];

    /// <inheritdoc/>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGateways()
    {
        var found = new List<Uri>();
        foreach (string silo in options.Silos)
        {
            ClusterOptions.TryParse(silo, out DnsEndPoint? named);
            try
            {
                foreach (IPAddress address in await Dns.GetHostAddressesAsync(named!.Host))
                {
                    found.Add(new IPEndPoint(address, named.Port).ToGatewayUri());
                }
            }
            catch (SocketException e)
            {
                LogUnknown(named!.Host, e.SocketErrorCode);
            }
        }

        // A resolver that is away takes no silo from us.
        return [.. _last = found.Count > 0 ? found : _last];
    }

    [LoggerMessage(LogLevel.Warning, "The silo {Host} has no address: {Error}")]
    private partial void LogUnknown(string host, SocketError error);
}
