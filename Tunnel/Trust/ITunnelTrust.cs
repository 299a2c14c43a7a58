namespace CocoonOrleans.Tunnel.Trust;

/// <summary>
/// Decides who may be at the other end of a tunnel: pinned keys (<see cref="PinnedKeys"/>, <see cref="PinnedKeyFile"/>), later attestation. Asked
/// after the TLS handshake and before anything else is done for the peer, and again from time to time while the tunnel lives: a key that was
/// withdrawn, or evidence that expired, ends it.
/// </summary>
public interface ITunnelTrust
{
    /// <summary>Judges a peer. Must not throw for anything that the peer can cause.</summary>
    ValueTask<TrustVerdict> JudgeAsync(TunnelPeer peer, CancellationToken cancellationToken);
}
