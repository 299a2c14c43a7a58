namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>The tunnel, or one stream on it, broke before the answer was complete: the worker is gone, was reset or fell silent. Another worker may do it.</summary>
public sealed class TunnelLostException(string message, Exception? inner = null) : IOException(message, inner);
