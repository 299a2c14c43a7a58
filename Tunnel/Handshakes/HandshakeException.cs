namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>A handshake line was cut off, too long, or not the JSON it should be.</summary>
public sealed class HandshakeException(string message, Exception? inner = null) : IOException(message, inner);
