using CocoonOrleans.Sealing.Hpke;

namespace CocoonOrleans.Sealing.Records;

/// <summary>The sizes of docs/protocol.md, section 8.</summary>
internal static class RecordFormat
{
    /// <summary>Bytes of the length before a record.</summary>
    public const int LengthBytes = 4;

    /// <summary>Bytes before the data: u8 type, u16 length.</summary>
    public const int HeadBytes = 3;

    /// <summary>What is around a plaintext: length and tag.</summary>
    public const int OuterBytes = LengthBytes + AeadKey.TagBytes;

    /// <summary>What a record has beside its data and padding.</summary>
    public const int OverheadBytes = OuterBytes + HeadBytes;

    /// <summary>Fewest bytes of a ciphertext: an empty record.</summary>
    public const int MinCiphertextBytes = HeadBytes + AeadKey.TagBytes;

    /// <summary>Most bytes of a ciphertext.</summary>
    public const int MaxCiphertextBytes = 65_536;

    /// <summary>Most bytes of a plaintext.</summary>
    public const int MaxPlaintextBytes = MaxCiphertextBytes - AeadKey.TagBytes;

    /// <summary>Most bytes of data in a data record.</summary>
    public const int MaxDataBytes = 32 << 10;

    /// <summary>Most bytes of a meta, final or error record's data.</summary>
    public const int MaxControlBytes = 16 << 10;

    /// <summary>How many records a stream may have.</summary>
    public const ulong MaxRecords = 1UL << 32;

    /// <summary>Bytes of the additional data: u8 direction, u64 number, the header's hash.</summary>
    public const int AadBytes = 1 + sizeof(ulong) + Digest.Length;

    /// <summary>Most bytes that the data of a type may have.</summary>
    public static int MaxBytes(SealedRecordType type) => type switch
    {
        SealedRecordType.Data => MaxDataBytes,
        SealedRecordType.Heartbeat => 0,
        _ => MaxControlBytes,
    };
}
