using System.Text;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.Attestation.Verification;

/// <summary>Names a machine without the PPID of its processor (docs/protocol.md, section 17): another network knows it by another name.</summary>
public static class PlatformId
{
    /// <summary>The name.</summary>
    /// <param name="networkId">The network.</param>
    /// <param name="ppid">The PPID of the processor's certificate.</param>
    public static Digest Of(string networkId, ReadOnlySpan<byte> ppid)
    {
        ArgumentException.ThrowIfNullOrEmpty(networkId);
        return Digest.Of([.. "cocoon/platform/v1\0"u8, .. Encoding.ASCII.GetBytes(networkId), 0, .. ppid]);
    }
}
