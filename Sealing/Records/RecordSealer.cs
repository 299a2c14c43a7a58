using System.Buffers.Binary;
using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Sealing.Records;

/// <summary>Writes the records of one stream, and hashes what they say for the final one. One caller at a time.</summary>
/// <param name="key">The stream's key; disposed of with this.</param>
internal sealed class RecordSealer(StreamKey key) : IDisposable
{
    private readonly IncrementalHash _transcript = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of all meta and data so far.</summary>
    public Digest Transcript
    {
        get
        {
            Span<byte> hash = stackalloc byte[Digest.Length];
            _transcript.GetCurrentHash(hash);
            return new Digest(hash);
        }
    }

    /// <summary>Length of a record.</summary>
    /// <param name="plaintext">Length of its plaintext.</param>
    public static int Length(int plaintext) => plaintext + RecordFormat.OuterBytes;

    /// <summary>Writes the next record.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="data">What it says.</param>
    /// <param name="destination">Exactly as long as the record shall be: what it has more than the record needs becomes padding.</param>
    /// <exception cref="InvalidOperationException">The stream has as many records as it may have.</exception>
    public void Write(SealedRecordType type, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        if (key.Sequence >= RecordFormat.MaxRecords)
        {
            throw new InvalidOperationException("The stream has as many records as it may have.");
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(destination.Length - RecordFormat.LengthBytes));
        var record = destination[RecordFormat.LengthBytes..];
        record[0] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], (ushort)data.Length);
        data.CopyTo(record[RecordFormat.HeadBytes..]);
        record[(RecordFormat.HeadBytes + data.Length)..^AeadKey.TagBytes].Clear();
        if (type is SealedRecordType.Meta or SealedRecordType.Data)
        {
            _transcript.AppendData(data);
        }

        key.Seal(record);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        key.Dispose();
        _transcript.Dispose();
    }
}
