using System.Net;
using System.Net.Sockets;

namespace CocoonOrleans.Cli.Network;

/// <summary>Ports of the loopback address.</summary>
public static class FreePorts
{
    /// <summary>Takes ports that nobody listens on. All are held until all are found, so they differ.</summary>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<int> Take(int count)
    {
        List<TcpListener> listeners = [];
        try
        {
            for (var i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listeners.Add(listener);
                listener.Start();
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Checks that a server could listen on a port.</summary>
    /// <param name="port">1 to 65,535.</param>
    /// <exception cref="SocketException">It can't; the message says why.</exception>
    public static void Check(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
    }
}
