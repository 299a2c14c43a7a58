using System.Buffers.Binary;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.EventLogs;

/// <summary>Writes event logs in the form of a CCEL table (docs/protocol.md, "Events of RTMR3"): what firmware wrote, and behind it what the running system measured.</summary>
public sealed class CcelWriter
{
    private const uint NoAction = 3;
    private const ushort Sha384 = 0x0C;
    private const int RuntimeRegister = 3;

    private readonly List<byte> _bytes = [];

    private CcelWriter()
    {
    }

    /// <summary>Begins a log with the SHA-384 bank and nothing measured.</summary>
    public static CcelWriter Create()
    {
        byte[] banks = [.. "Spec ID Event03\0"u8, 0, 0, 0, 0, 0, 2, 0, 2, .. Bytes(1u), .. Bytes(Sha384), .. Bytes((ushort)EventLog.DigestBytes), 0];
        var writer = new CcelWriter();
        writer._bytes.AddRange([.. Bytes(0u), .. Bytes(NoAction), .. new byte[SHA1.HashSizeInBytes], .. Bytes((uint)banks.Length), .. banks]);
        return writer;
    }

    /// <summary>Goes on behind the table of the firmware; what fills that up is left out.</summary>
    /// <param name="table">The table.</param>
    /// <param name="writer">The log; null where the table is refused.</param>
    /// <param name="refusal">Why it can't be read; null where it can.</param>
    public static bool TryContinue(ReadOnlySpan<byte> table, out CcelWriter? writer, out Refusal? refusal)
    {
        var copy = table[..Math.Min(table.Length, EventLog.LargestBytes + 1)].ToArray();
        CcelWriter? made = null;
        refusal = RefusalEdge.Run(() =>
        {
            if (copy.Length > EventLog.LargestBytes)
            {
                throw new RefusedException(RefusalCodes.LogFormat, $"an event log was expected to have at most {EventLog.LargestBytes} bytes");
            }

            CcelReader.Read(copy, out var length);
            made = new CcelWriter();
            made._bytes.AddRange(copy.AsSpan(0, length));
        });
        writer = made;
        return refusal is null;
    }

    /// <summary>Adds an event.</summary>
    /// <param name="register">0 to 3 for RTMR0 to RTMR3.</param>
    /// <param name="type">Its type.</param>
    /// <param name="digest">SHA-384, 48 bytes: what the register was extended with.</param>
    /// <param name="content">What it says.</param>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Add(int register, uint type, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(register);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(register, EventLog.Registers);
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, EventLog.DigestBytes);
        _bytes.AddRange([.. Bytes((uint)register + 1), .. Bytes(type), .. Bytes(1u), .. Bytes(Sha384), .. digest, .. Bytes((uint)content.Length), .. content]);
    }

    /// <summary>Adds an event of ours, in RTMR3.</summary>
    /// <param name="name">Its name, without a zero.</param>
    /// <param name="payload">What it says.</param>
    /// <exception cref="ArgumentException">The name is empty or holds a zero.</exception>
    public void AddRuntime(string name, ReadOnlySpan<byte> payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Add(RuntimeRegister, RuntimeEvent.Cocoon, RuntimeEvent.Digest(RuntimeEvent.Cocoon, name, payload), RuntimeEvent.Join(name, payload));
    }

    /// <summary>The log until now.</summary>
    public byte[] ToArray() => [.. _bytes];

    private static byte[] Bytes(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(ushort value)
    {
        var bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }
}
