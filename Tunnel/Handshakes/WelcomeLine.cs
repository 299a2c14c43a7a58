namespace CocoonOrleans.Tunnel.Handshakes;

/// <summary>
/// The gateway's answer to the hello line. In TLS 1.3 the client finishes its handshake before the server has judged its certificate, so only this line
/// proves to a worker that it was taken.
/// </summary>
/// <param name="Protocol">The version that the gateway speaks.</param>
/// <param name="Refusal">Why the worker is refused; null where it is welcome.</param>
public sealed record WelcomeLine(int Protocol, TunnelRefusal? Refusal = null);
