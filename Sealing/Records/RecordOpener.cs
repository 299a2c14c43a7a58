using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Records;

/// <summary>Opens the records of one stream and holds them to the protocol. Takes any bytes; never throws over them. One caller at a time.</summary>
/// <param name="key">The stream's key; disposed of with this.</param>
/// <param name="direction">Which way the stream goes.</param>
internal sealed class RecordOpener(StreamKey key, StreamDirection direction) : IDisposable
{
    private readonly IncrementalHash _transcript = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _begun;

    /// <summary>Whether the final or error record has come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Reads a record's length.</summary>
    /// <param name="length">Four bytes.</param>
    /// <param name="ciphertext">Length of what follows.</param>
    /// <returns>False for a length that no record has.</returns>
    public static bool TryReadLength(ReadOnlySpan<byte> length, out int ciphertext)
    {
        var value = BinaryPrimitives.ReadUInt32BigEndian(length);
        ciphertext = value is >= RecordFormat.MinCiphertextBytes and <= RecordFormat.MaxCiphertextBytes ? (int)value : 0;
        return ciphertext > 0;
    }

    /// <summary>Opens the next record.</summary>
    /// <param name="ciphertext">What follows its length.</param>
    /// <param name="plaintext">As many bytes without the tag; may be the ciphertext's own.</param>
    /// <param name="type">What it is.</param>
    /// <param name="data">What it says: a part of <paramref name="plaintext"/>.</param>
    public SealingFault Open(ReadOnlySpan<byte> ciphertext, Span<byte> plaintext, out SealedRecordType type, out Range data)
    {
        (type, data) = (default, default);
        if (HasEnded)
        {
            return SealingFault.TrailingBytes;
        }

        if (key.Sequence >= RecordFormat.MaxRecords)
        {
            return SealingFault.TooLarge;
        }

        if (!key.TryOpen(ciphertext, plaintext))
        {
            return SealingFault.RecordRejected;
        }

        type = (SealedRecordType)plaintext[0];
        int length = BinaryPrimitives.ReadUInt16BigEndian(plaintext[1..]);
        var behind = RecordFormat.HeadBytes + length;
        if (type > SealedRecordType.Error || length > RecordFormat.MaxBytes(type) || behind > plaintext.Length || plaintext[behind..].ContainsAnyExcept((byte)0))
        {
            return SealingFault.RecordMalformed;
        }

        if (!IsInOrder(type))
        {
            return SealingFault.RecordOutOfOrder;
        }

        data = RecordFormat.HeadBytes..behind;
        if (type is SealedRecordType.Meta or SealedRecordType.Data)
        {
            _transcript.AppendData(plaintext[data]);
        }

        _begun = true;
        HasEnded = type is SealedRecordType.Final or SealedRecordType.Error;
        return SealingFault.None;
    }

    /// <summary>Whether a hash is that of all meta and data so far; in constant time.</summary>
    public bool IsTranscript(ReadOnlySpan<byte> hash)
    {
        Span<byte> own = stackalloc byte[Digest.Length];
        _transcript.GetCurrentHash(own);
        return CryptographicOperations.FixedTimeEquals(own, hash);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        key.Dispose();
        _transcript.Dispose();
    }

    private bool IsInOrder(SealedRecordType type) => direction == StreamDirection.Request
        ? type is SealedRecordType.Meta != _begun && type is not (SealedRecordType.Heartbeat or SealedRecordType.Error)
        : _begun ? type != SealedRecordType.Meta : type is SealedRecordType.Meta or SealedRecordType.Error;
}
