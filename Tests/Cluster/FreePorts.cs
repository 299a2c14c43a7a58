using System.Net;
using System.Net.Sockets;

namespace CocoonOrleans.Tests.Cluster;

/// <summary>Ports of the loopback address that nobody listens on: localhost clustering takes no port 0.</summary>
public static class FreePorts
{
    /// <summary>Two that differ.</summary>
    public static (int First, int Second) TakeTwo()
    {
        using TcpListener first = new(IPAddress.Loopback, 0);
        using TcpListener second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }
}
