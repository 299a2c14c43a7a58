using System.Buffers.Binary;
using CocoonOrleans.Sealing.Records;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>Writes a request's bytes: all lengths are known before, so there is one buffer, and the body is copied once, to where it is sealed.</summary>
internal static class RequestWriter
{
    /// <summary>Most bytes of a body.</summary>
    public const int MaxBodyBytes = 4 << 20;

    private const int MaxFinalPadding = RecordFormat.MaxPlaintextBytes - RecordFormat.HeadBytes - Digest.Length;

    /// <summary>Writes a request.</summary>
    /// <param name="magic">Its beginning.</param>
    /// <param name="header">The header's encoding.</param>
    /// <param name="wraps">The wraps.</param>
    /// <param name="key">The key of its records; disposed of here.</param>
    /// <param name="padding">How it is padded.</param>
    /// <param name="meta">The first record.</param>
    /// <param name="body">The body.</param>
    public static byte[] Write(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> header, ReadOnlySpan<byte> wraps, StreamKey key, TrafficPadding padding, ReadOnlySpan<byte> meta, ReadOnlySpan<byte> body)
    {
        using var records = new RecordSealer(key);
        var pieces = (body.Length + RecordFormat.MaxDataBytes - 1) / RecordFormat.MaxDataBytes;
        var bare = meta.Length + body.Length + Digest.Length + ((2 + pieces) * RecordFormat.OverheadBytes);
        var filling = Padding.OfRequest(padding, bare) - bare;
        var request = new byte[RequestFormat.PrefixBytes + header.Length + wraps.Length + bare + filling];

        magic.CopyTo(request);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(magic.Length), (uint)header.Length);
        header.CopyTo(request.AsSpan(RequestFormat.PrefixBytes));
        wraps.CopyTo(request.AsSpan(RequestFormat.PrefixBytes + header.Length));
        var rest = request.AsSpan(RequestFormat.PrefixBytes + header.Length + wraps.Length);

        Append(records, SealedRecordType.Meta, meta, 0, ref rest);
        while (body.Length > 0)
        {
            var piece = body[..Math.Min(body.Length, RecordFormat.MaxDataBytes)];
            Append(records, SealedRecordType.Data, piece, 0, ref rest);
            body = body[piece.Length..];
        }

        while (filling > MaxFinalPadding)
        {
            var zeros = Math.Min(filling, RecordFormat.LengthBytes + RecordFormat.MaxCiphertextBytes) - RecordFormat.OverheadBytes;
            Append(records, SealedRecordType.Data, [], zeros, ref rest);
            filling -= zeros + RecordFormat.OverheadBytes;
        }

        Span<byte> transcript = stackalloc byte[Digest.Length];
        records.Transcript.CopyTo(transcript);
        Append(records, SealedRecordType.Final, transcript, filling, ref rest);
        return request;
    }

    private static void Append(RecordSealer records, SealedRecordType type, scoped ReadOnlySpan<byte> data, int zeros, ref Span<byte> rest)
    {
        var length = RecordFormat.OverheadBytes + data.Length + zeros;
        records.Write(type, data, rest[..length]);
        rest = rest[length..];
    }
}
