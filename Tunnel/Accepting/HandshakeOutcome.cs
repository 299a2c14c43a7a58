using CocoonOrleans.Tunnel.Handshakes;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tunnel.Accepting;

/// <summary>What the gateway knows once it has read a worker's hello line.</summary>
/// <param name="Peer">The worker's key and address.</param>
/// <param name="Hello">Its hello line; null where that is no hello line.</param>
/// <param name="TrustLabel">On what grounds it is trusted; null where it is refused.</param>
/// <param name="Refusal">Why it is refused; null where it is trusted.</param>
internal sealed record HandshakeOutcome(TunnelPeer Peer, HelloLine? Hello, string? TrustLabel, TunnelRefusal? Refusal);
