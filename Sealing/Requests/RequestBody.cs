using System.Buffers;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Records;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>Reads all records of a request into one body.</summary>
/// <param name="key">The key of its records; disposed of with this.</param>
internal sealed class RequestBody(StreamKey key) : IDisposable
{
    private readonly RecordOpener _records = new(key, StreamDirection.Request);
    private byte[] _body = [];
    private int _length;

    /// <summary>The first record.</summary>
    public RequestMeta? Meta { get; private set; }

    /// <summary>Reads the records; all of them must be there and nothing behind them.</summary>
    /// <param name="records">Any bytes.</param>
    public SealingFault Read(ReadOnlySpan<byte> records)
    {
        var fault = Measure(records, out var most);
        if (fault != SealingFault.None)
        {
            return fault;
        }

        // Pinned: the garbage collector makes no copies of a prompt that nobody clears.
        _body = GC.AllocateUninitializedArray<byte>(most, pinned: true);
        var plaintext = ArrayPool<byte>.Shared.Rent(RecordFormat.MaxPlaintextBytes);
        try
        {
            while (records.Length > 0)
            {
                _ = RecordOpener.TryReadLength(records, out var length);
                var record = records.Slice(RecordFormat.LengthBytes, length);
                records = records[(RecordFormat.LengthBytes + length)..];
                var opened = plaintext.AsSpan(0, length - Hpke.AeadKey.TagBytes);
                fault = _records.Open(record, opened, out var type, out var data);
                if (fault == SealingFault.None)
                {
                    fault = Take(type, opened[data]);
                }

                if (fault != SealingFault.None)
                {
                    return fault;
                }
            }

            return _records.HasEnded ? SealingFault.None : SealingFault.Truncated;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
            ArrayPool<byte>.Shared.Return(plaintext);
        }
    }

    /// <summary>Hands the body over; the caller clears it.</summary>
    public Memory<byte> Take()
    {
        var body = _body.AsMemory(0, _length);
        _body = [];
        return body;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_body);
        _records.Dispose();
    }

    /// <summary>Looks at the lengths alone.</summary>
    /// <param name="records">Any bytes.</param>
    /// <param name="most">Most bytes that the body can have.</param>
    private static SealingFault Measure(ReadOnlySpan<byte> records, out int most)
    {
        most = 0;
        while (records.Length > 0)
        {
            if (records.Length < RecordFormat.LengthBytes)
            {
                return SealingFault.Truncated;
            }

            if (!RecordOpener.TryReadLength(records, out var length))
            {
                return SealingFault.Malformed;
            }

            if (length > records.Length - RecordFormat.LengthBytes)
            {
                return SealingFault.Truncated;
            }

            most += Math.Min(length - RecordFormat.MinCiphertextBytes, RecordFormat.MaxDataBytes);
            records = records[(RecordFormat.LengthBytes + length)..];
        }

        return SealingFault.None;
    }

    private SealingFault Take(SealedRecordType type, ReadOnlySpan<byte> data)
    {
        switch (type)
        {
            case SealedRecordType.Meta when RequestMeta.TryDecode(data.ToArray(), out var meta):
                Meta = meta;
                return SealingFault.None;
            case SealedRecordType.Data when data.Length <= RequestWriter.MaxBodyBytes - _length:
                data.CopyTo(_body.AsSpan(_length));
                _length += data.Length;
                return SealingFault.None;
            case SealedRecordType.Data:
                return SealingFault.TooLarge;
            case SealedRecordType.Final:
                return _records.IsTranscript(data) ? SealingFault.None : SealingFault.TranscriptMismatch;
            default:
                return SealingFault.RecordMalformed;
        }
    }
}
