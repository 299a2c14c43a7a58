using System.Net;
using System.Net.Sockets;

namespace CocoonOrleans.Attestation.Simulated.Hosting;

/// <summary>A unix socket that nobody but its owner could ever connect to.</summary>
internal static class OwnerOnlySocket
{
    /// <summary>Binds the socket. Its mode is set before the first connection can be taken: until somebody listens, the kernel refuses all.</summary>
    /// <param name="endPoint">A unix socket.</param>
    /// <exception cref="IOException">Another process serves it.</exception>
    public static Socket Bind(EndPoint endPoint)
    {
        var path = endPoint is UnixDomainSocketEndPoint ? endPoint.ToString()! : throw new ArgumentException("The issuer serves a unix socket alone.", nameof(endPoint));
        RemoveStale(path, endPoint);
        var socket = New();
        try
        {
            socket.Bind(endPoint);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // What a process that was killed left behind. Anything but a socket is somebody's file, and the bind fails.
    private static void RemoveStale(string path, EndPoint endPoint)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = New();
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            if (!CanBeOpened(path))
            {
                File.Delete(path);
            }

            return;
        }

        throw new IOException($"Another process serves {path}.");
    }

    private static bool CanBeOpened(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return true;
        }
        catch (IOException)
        {
            return false; // A socket can't.
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
