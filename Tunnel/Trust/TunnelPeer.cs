using System.Net;

namespace CocoonOrleans.Tunnel.Trust;

/// <summary>
/// What is known of the other side when it is judged: TLS 1.3 has proven that it holds the key. With attestation, the statement and quote of its
/// certificate and the evidence of its first message stand here as well.
/// </summary>
/// <param name="Key">The key it proved to hold.</param>
/// <param name="RemoteEndPoint">Where it connects from, or was dialled at; for messages only, never a reason to trust.</param>
public sealed record TunnelPeer(TunnelPublicKey Key, EndPoint? RemoteEndPoint);
