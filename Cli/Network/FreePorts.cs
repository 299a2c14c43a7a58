using System.Net;
using System.Net.Sockets;

namespace CocoonOrleans.Cli.Network;

/// <summary>Ports of the loopback address.</summary>
public static class FreePorts
{
    // Below Linux' range for outgoing connections (32768 up): none of those can take a port between two starts of the same process.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int MaxTries = 1000;

    /// <summary>Finds ports that nobody listens on, chosen by chance so that networks that start at the same time rarely meet.</summary>
    /// <param name="count">How many; all differ.</param>
    /// <param name="except">A port that is spoken for.</param>
    /// <exception cref="IOException">There are hardly any.</exception>
    public static IReadOnlyList<int> Take(int count, int? except = null)
    {
        HashSet<int> ports = [];
        for (var tries = 0; ports.Count < count; tries++)
        {
            if (tries == MaxTries)
            {
                throw new IOException($"Of the ports {First} to {Last} hardly any is free.");
            }

            var port = Random.Shared.Next(First, Last);
            if (port != except && Check(port) is null)
            {
                ports.Add(port);
            }
        }

        return [.. ports];
    }

    /// <summary>Checks that a server could listen on a port.</summary>
    /// <param name="port">1 to 65,535.</param>
    /// <returns>Null where it could; else why not.</returns>
    public static string? Check(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
    }
}
