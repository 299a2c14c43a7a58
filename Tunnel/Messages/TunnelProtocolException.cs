namespace CocoonOrleans.Tunnel.Messages;

/// <summary>The peer sent what the protocol does not allow. The message names the part; it never quotes what the peer sent.</summary>
public class TunnelProtocolException(string message, Exception? inner = null) : Exception(message, inner);
