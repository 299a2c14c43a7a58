using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.EventLogs;

/// <summary>
/// Reads a CCEL table: an event in the old form that names the hash banks (TCG_EfiSpecIDEvent), then events with a digest for each bank
/// (TCG_PCR_EVENT2). Register 0 stands for MRTD, which no log extends; 1 to 4 are RTMR0 to RTMR3.
/// </summary>
internal static class CcelReader
{
    private const uint NoAction = 3;
    private const ushort Sha384 = 0x0C;
    private const int Sha1Bytes = 20;
    private const int MostBanks = 8;
    private const int MostDigestBytes = 64;

    private static readonly byte[] Signature = [.. "Spec ID Event03\0"u8];

    public static List<EventLogEntry> Read(ReadOnlyMemory<byte> bytes) => Read(bytes, out _);

    /// <param name="bytes">The table.</param>
    /// <param name="length">Where its events end, and what fills the table begins.</param>
    public static List<EventLogEntry> Read(ReadOnlyMemory<byte> bytes, out int length)
    {
        var reader = new ByteReader(bytes, RefusalCodes.LogFormat);
        var banks = ReadBanks(ref reader);
        var entries = new List<EventLogEntry>();
        while (!AtEnd(bytes.Span[reader.Position..]))
        {
            if (entries.Count == EventLog.MostEvents)
            {
                throw new RefusedException(RefusalCodes.LogFormat, $"at most {EventLog.MostEvents} events were expected");
            }

            entries.Add(ReadEntry(ref reader, banks));
        }

        length = reader.Position;
        return entries;
    }

    // The table is larger than what is in it: the rest is filled with ones, by some firmware with zeros.
    private static bool AtEnd(ReadOnlySpan<byte> rest) =>
        !rest.ContainsAnyExcept((byte)0xFF) || !rest.ContainsAnyExcept((byte)0);

    private static Dictionary<ushort, int> ReadBanks(ref ByteReader reader)
    {
        reader.UInt32("the first event's register");
        if (reader.UInt32("the first event's type") != NoAction)
        {
            throw new RefusedException(RefusalCodes.LogFormat, "the log was expected to begin with an event that names its hash banks");
        }

        reader.Take(Sha1Bytes, "the first event's digest");
        var header = new ByteReader(reader.Take(reader.UInt32("the first event's length"), "the first event"), RefusalCodes.LogFormat);
        if (!header.Take(Signature.Length, "the signature").Span.SequenceEqual(Signature))
        {
            throw new RefusedException(RefusalCodes.LogFormat, "the log was expected to begin with \"Spec ID Event03\"");
        }

        header.Take(8, "platform class, versions and word size");
        var count = header.UInt32("the number of banks");
        var banks = new Dictionary<ushort, int>();
        for (var index = 0; index < count; index++)
        {
            var (algorithm, size) = (header.UInt16("a bank's algorithm"), header.UInt16("a bank's size"));
            if (index == MostBanks || size is 0 or > MostDigestBytes || !banks.TryAdd(algorithm, size))
            {
                throw new RefusedException(RefusalCodes.LogFormat, $"at most {MostBanks} banks were expected, each once and with digests of at most {MostDigestBytes} bytes");
            }
        }

        return banks.GetValueOrDefault(Sha384) == EventLog.DigestBytes
            ? banks
            : throw new RefusedException(RefusalCodes.LogFormat, "a SHA-384 bank was expected: the registers of a TD are of SHA-384");
    }

    private static EventLogEntry ReadEntry(ref ByteReader reader, Dictionary<ushort, int> banks)
    {
        var register = reader.UInt32("a register");
        var type = reader.UInt32("a type");
        if (register > EventLog.Registers)
        {
            throw new RefusedException(RefusalCodes.LogFormat, $"a register from 0 to {EventLog.Registers} was expected, not {register}");
        }

        var digest = default(ReadOnlyMemory<byte>?);
        var count = reader.UInt32("the number of digests");
        if (count > MostBanks)
        {
            throw new RefusedException(RefusalCodes.LogFormat, $"at most {MostBanks} digests were expected, not {count}");
        }

        for (var index = 0; index < count; index++)
        {
            var algorithm = reader.UInt16("a digest's algorithm");
            if (!banks.TryGetValue(algorithm, out var size))
            {
                throw new RefusedException(RefusalCodes.LogFormat, $"a digest of one of the log's banks was expected, not of algorithm 0x{algorithm:x}");
            }

            var value = reader.Take(size, "a digest");
            if (algorithm == Sha384 && digest is not null)
            {
                throw new RefusedException(RefusalCodes.LogFormat, "one SHA-384 digest an event was expected");
            }

            digest = algorithm == Sha384 ? value : digest;
        }

        var content = reader.Take(reader.UInt32("an event's length"), "an event");
        if (type == NoAction || register == 0)
        {
            return new EventLogEntry(-1, type, ReadOnlyMemory<byte>.Empty, "", content);
        }

        var measured = digest ?? throw new RefusedException(RefusalCodes.LogFormat, "a SHA-384 digest was expected in each measured event");
        return type == RuntimeEvent.Cocoon ? ReadRuntimeEvent((int)register - 1, measured, content) : new EventLogEntry((int)register - 1, type, measured, "", content);
    }

    private static EventLogEntry ReadRuntimeEvent(int register, ReadOnlyMemory<byte> digest, ReadOnlyMemory<byte> content)
    {
        if (!RuntimeEvent.TrySplit(content, out var name, out var payload))
        {
            throw new RefusedException(RefusalCodes.LogFormat, "a runtime event was expected to have a name in UTF-8, a zero, and a payload");
        }

        return RuntimeEvent.Digest(RuntimeEvent.Cocoon, name, payload.Span).AsSpan().SequenceEqual(digest.Span)
            ? new EventLogEntry(register, RuntimeEvent.Cocoon, digest, name, payload)
            : throw new RefusedException(RefusalCodes.LogDigest, $"the digest of \"{name}\" was expected to be that of its name and payload");
    }
}
