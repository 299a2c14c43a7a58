namespace CocoonOrleans.Tunnel.Trust;

/// <summary>Judges what a gateway states to this worker, after TLS has shown its key and before anything else is believed of it.</summary>
public interface IGatewayCheck
{
    /// <summary>Judges. Must not throw for anything that the gateway can cause.</summary>
    /// <param name="key">The key that TLS has shown.</param>
    /// <param name="nonce">The nonce that was sent, 64 lower-case hex digits.</param>
    /// <param name="statement">The statement; null where none came.</param>
    /// <param name="signature">Its signature; null where none came.</param>
    /// <returns>What is wrong and what to do, in a sentence; null where nothing is.</returns>
    string? FindFault(TunnelPublicKey key, string nonce, byte[]? statement, byte[]? signature);
}
