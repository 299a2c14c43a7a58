namespace CocoonOrleans.Sealing.Records;

/// <summary>A record that has been opened and checked.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Data">Its bytes, valid until the next one is read.</param>
public readonly record struct SealedRecord(SealedRecordType Type, ReadOnlyMemory<byte> Data);
