using System.Buffers.Binary;
using CocoonOrleans.Sealing.Requests;

namespace CocoonOrleans.Tests.Sealing.Requests;

/// <summary>What somebody on the way could do to a stream of records or to a header.</summary>
internal static class Tamper
{
    /// <summary>The records of a request.</summary>
    public static (byte[] Before, List<byte[]> Records) Split(SealedRequest request)
    {
        var bytes = request.Bytes.Span;
        var begin = 8 + (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) + (48 * request.Header.Recipients.Count);
        return (bytes[..begin].ToArray(), Records(bytes[begin..]));
    }

    /// <summary>The records of an answer.</summary>
    public static (byte[] Before, List<byte[]> Records) Split(ReadOnlySpan<byte> answer) => (answer[..68].ToArray(), Records(answer[68..]));

    /// <summary>Puts them together again.</summary>
    public static byte[] Join(byte[] before, IEnumerable<byte[]> records) => [.. before, .. records.SelectMany(record => record)];

    /// <summary>The same request with another header, and all else as it was.</summary>
    public static byte[] WithHeader(SealedRequest request, Func<RequestHeader, RequestHeader> change)
    {
        var bytes = request.Bytes.Span;
        var length = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var header = change(request.Header).Encode();
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, header.Length);
        return [.. bytes[..4], .. size, .. header, .. bytes[(8 + length)..]];
    }

    private static List<byte[]> Records(ReadOnlySpan<byte> bytes)
    {
        var records = new List<byte[]>();
        while (bytes.Length > 0)
        {
            var length = 4 + (int)BinaryPrimitives.ReadUInt32BigEndian(bytes);
            records.Add(bytes[..length].ToArray());
            bytes = bytes[length..];
        }

        return records;
    }
}
