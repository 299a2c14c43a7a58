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

    /// <summary>The first event of a worker: SHA-256 of its configuration (docs/protocol.md, "Events of RTMR3").</summary>
    public const string ConfigurationName = "configuration";

    /// <summary>The second: what computes the answers, and whether prompts may leave the process or the machine for it; ASCII that an image can fix.</summary>
    public const string EngineName = "engine";

    /// <summary>The third: the models that it may serve, a <see cref="MeasuredModels"/>.</summary>
    public const string ModelsName = "models";

    /// <summary>The last: nothing is measured behind it, and no quote is made before it.</summary>
    public const string ReadyName = "ready";

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

    /// <summary>One of ours as it stands in a binary log: name || 0x00 || payload.</summary>
    /// <param name="name">Its name, without a zero.</param>
    /// <param name="payload">What it says.</param>
    internal static byte[] Join(string name, ReadOnlySpan<byte> payload) => [.. Encoding.UTF8.GetBytes(name), 0, .. payload];

    /// <summary>Takes apart what <see cref="Join"/> makes.</summary>
    /// <returns>False where there is no zero, or the name is not UTF-8.</returns>
    internal static bool TrySplit(ReadOnlyMemory<byte> content, out string name, out ReadOnlyMemory<byte> payload)
    {
        (name, payload) = ("", default);
        if (content.Span.IndexOf((byte)0) is not (>= 1 and var end))
        {
            return false;
        }

        name = Encoding.UTF8.GetString(content.Span[..end]);
        payload = content[(end + 1)..];
        return Encoding.UTF8.GetBytes(name).AsSpan().SequenceEqual(content.Span[..end]);
    }
}
