using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>Reads and writes the lines before HTTP/2 begins.</summary>
internal static class HandshakeLines
{
    /// <summary>Reads one line, byte by byte: HTTP/2 may follow at once, and not a byte of it may be taken.</summary>
    /// <exception cref="HandshakeException">The line is cut off, longer than allowed, or not the JSON it should be.</exception>
    public static async Task<T> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var line = new byte[TunnelProtocol.MaxLineBytes];
        int length = 0;
        while (true)
        {
            if (length == line.Length)
                throw new HandshakeException($"The handshake line has more than {TunnelProtocol.MaxLineBytes} bytes.");
            if (await stream.ReadAsync(line.AsMemory(length, 1), cancellationToken) == 0)
                throw new HandshakeException("The connection was closed before the end of the handshake line.");
            if (line[length] == (byte)'\n')
                break;
            length++;
        }
        try
        {
            return JsonSerializer.Deserialize(line.AsSpan(0, length), type) ?? throw new HandshakeException("The handshake line is null.");
        }
        catch (JsonException e)
        {
            throw new HandshakeException($"The handshake line is not the JSON it should be: {e.Path}", e);
        }
    }

    public static async Task WriteAsync<T>(Stream stream, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        await stream.WriteAsync((byte[])[.. json, (byte)'\n'], cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }
}
