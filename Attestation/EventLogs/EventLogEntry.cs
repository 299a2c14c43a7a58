using System.Security.Cryptography;

namespace CocoonOrleans.Attestation.EventLogs;

/// <summary>One event of a log. Only its digest is measured: what it says counts for nothing unless its hash is the digest.</summary>
/// <param name="Register">0 to 3 for RTMR0 to RTMR3; -1 for an event that extends none of them.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Digest">SHA-384, 48 bytes; empty where the register is -1.</param>
/// <param name="Name">The name of a runtime event; empty for others.</param>
/// <param name="Content">What the event says.</param>
public sealed record EventLogEntry(int Register, uint Type, ReadOnlyMemory<byte> Digest, string Name, ReadOnlyMemory<byte> Content)
{
    /// <summary>Whether the content was measured: a runtime event, or one whose digest is the hash of its content.</summary>
    public bool IsContentMeasured => Register >= 0
        && (RuntimeEvent.Digest(Type, Name, Content.Span) ?? SHA384.HashData(Content.Span)).AsSpan().SequenceEqual(Digest.Span);
}
