namespace CocoonOrleans.Tunnel.Trust;

/// <summary>Makes what a gateway states to each worker that dials it. Its bytes are opaque to the tunnel.</summary>
public interface IGatewayStatements
{
    /// <summary>States.</summary>
    /// <param name="nonce">The worker's nonce, 64 lower-case hex digits.</param>
    /// <returns>The statement and its signature, together at most 2,048 bytes.</returns>
    (byte[] Statement, byte[] Signature) State(string nonce);
}
