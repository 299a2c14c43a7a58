using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>A sealed request as whoever only passes it on sees it: the clear header, and where the rest lies (docs/protocol.md, sections 6 and 7).</summary>
public sealed class RequestFrame
{
    private RequestFrame(RequestHeader header, Digest headerHash, Range wraps, int records, int recordBytes)
    {
        Header = header;
        HeaderHash = headerHash;
        Wraps = wraps;
        Records = records;
        RecordBytes = recordBytes;
    }

    /// <summary>The clear part. Nothing vouches for it until a worker has opened the request.</summary>
    public RequestHeader Header { get; }

    /// <summary>The hash that binds the clear part; receipts name it.</summary>
    public Digest HeaderHash { get; }

    /// <summary>How long all records together are: no prompt in them is longer.</summary>
    public int RecordBytes { get; }

    /// <summary>Whether it belongs to a session.</summary>
    internal bool IsSession => Header.Counter is not null;

    /// <summary>Where the wraps lie.</summary>
    internal Range Wraps { get; }

    /// <summary>Where the records begin.</summary>
    internal int Records { get; }

    /// <summary>Reads the frame; takes any bytes.</summary>
    /// <param name="bytes">Any bytes.</param>
    /// <param name="frame">What they say.</param>
    /// <returns>False where they don't have the form of a sealed request.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RequestFrame? frame)
    {
        frame = null;
        if (bytes.Length < RequestFormat.PrefixBytes)
        {
            return false;
        }

        var isSession = bytes.StartsWith(RequestFormat.SessionMagic);
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (!(isSession || bytes.StartsWith(RequestFormat.EnvelopeMagic)) || length > RequestHeader.MaxBytes || length > bytes.Length - RequestFormat.PrefixBytes)
        {
            return false;
        }

        var headerBytes = bytes.Slice(RequestFormat.PrefixBytes, (int)length);
        if (!RequestHeader.TryDecode(headerBytes.ToArray(), out var header) || isSession != header.Counter is not null)
        {
            return false;
        }

        var wraps = RequestFormat.PrefixBytes + headerBytes.Length;
        var records = wraps + (header.Recipients.Count * RequestFormat.WrapBytes);
        if (records > bytes.Length)
        {
            return false;
        }

        frame = new RequestFrame(header, RequestHeader.Hash(headerBytes), wraps..records, records, bytes.Length - records);
        return true;
    }
}
