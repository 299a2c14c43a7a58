using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.Attestation.EventLogs;

/// <summary>Events that a running system measures into RTMR3, and what their digests are.</summary>
public static class RuntimeEvent
{
    /// <summary>Ours: SHA-384("cocoon/rtmr3/v1" || 0x00 || name || 0x00 || payload).</summary>
    public const uint Cocoon = 0x4343_0001;

    /// <summary>dstack's: SHA-384(type, little-endian || ":" || name || ":" || payload).</summary>
    public const uint Dstack = 0x0800_0001;

    private static readonly byte[] Label = Encoding.ASCII.GetBytes("cocoon/rtmr3/v1");

    /// <summary>The digest of a runtime event.</summary>
    /// <param name="type"><see cref="Cocoon"/> or <see cref="Dstack"/>.</param>
    /// <param name="name">Its name. No zero may be in it: it ends the name.</param>
    /// <param name="payload">What it says.</param>
    /// <returns>48 bytes; null for a type that is no runtime event.</returns>
    /// <exception cref="ArgumentException">The name of one of ours holds a zero.</exception>
    public static byte[]? Digest(uint type, string name, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(name);
        switch (type)
        {
            case Cocoon:
                return name.Contains('\0', StringComparison.Ordinal)
                    ? throw new ArgumentException("The name of a runtime event has no zero in it.", nameof(name))
                    : SHA384.HashData([.. Label, 0, .. Encoding.UTF8.GetBytes(name), 0, .. payload]);
            case Dstack:
                var typeBytes = new byte[sizeof(uint)];
                BinaryPrimitives.WriteUInt32LittleEndian(typeBytes, type);
                return SHA384.HashData([.. typeBytes, (byte)':', .. Encoding.UTF8.GetBytes(name), (byte)':', .. payload]);
            default:
                return null;
        }
    }
}
