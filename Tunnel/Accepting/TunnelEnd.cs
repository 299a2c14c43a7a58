namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>Why a tunnel ended, as the gateway saw it.</summary>
/// <param name="Code"><see cref="ConnectionLost"/>, or one of <see cref="Handshakes.TunnelRefusalCodes"/> where the gateway closed it.</param>
/// <param name="Message">One sentence for people.</param>
public sealed record TunnelEnd(string Code, string Message)
{
    /// <summary>The connection broke, the worker left, or it answered no ping for 4 seconds.</summary>
    public const string ConnectionLost = "connection_lost";

    /// <summary>The gateway's handler was done with it.</summary>
    public const string Released = "released";
}
