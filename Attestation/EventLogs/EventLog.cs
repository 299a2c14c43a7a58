using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Attestation.EventLogs;

/// <summary>What was measured into a TD's four registers, event by event. Nobody signs a log: it is worth something once its replay gives the registers of a quote.</summary>
public sealed class EventLog
{
    /// <summary>The most bytes that are looked at.</summary>
    public const int LargestBytes = 4 * 1024 * 1024;

    /// <summary>The registers of a TD.</summary>
    public const int Registers = 4;

    /// <summary>The most events that are looked at.</summary>
    internal const int MostEvents = 16 * 1024;

    /// <summary>SHA-384.</summary>
    internal const int DigestBytes = 48;

    internal EventLog(IReadOnlyList<EventLogEntry> entries) => Entries = entries;

    /// <summary>The events, in order.</summary>
    public IReadOnlyList<EventLogEntry> Entries { get; }

    /// <summary>
    /// Reads a log: the binary table that firmware hands over (CCEL: TCG PC Client Platform Firmware Profile, 10.2, with the registers of the UEFI
    /// specification's "Confidential Computing"), or a JSON list of <c>{imr, event_type, digest, event, event_payload}</c>, digest and payload in hex.
    /// In the list an empty digest of a runtime event is filled in; a wrong one is refused.
    /// </summary>
    /// <param name="bytes">The log; copied.</param>
    /// <param name="log">The log; null where it is refused.</param>
    /// <param name="refusal">Why it can't be read; null where it can.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out EventLog? log, out Refusal? refusal)
    {
        var copy = bytes[..Math.Min(bytes.Length, LargestBytes + 1)].ToArray();
        EventLog? parsed = null;
        refusal = RefusalEdge.Run(() => parsed = Parse(copy));
        log = parsed;
        return refusal is null;
    }

    /// <summary>What the registers hold after all events: each digest is hashed behind what is there, beginning with zeros.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Replay()
    {
        byte[][] registers = [.. Enumerable.Range(0, Registers).Select(_ => new byte[DigestBytes])];
        foreach (var entry in Entries.Where(entry => entry.Register >= 0))
        {
            registers[entry.Register] = SHA384.HashData([.. registers[entry.Register], .. entry.Digest.Span]);
        }

        return [.. registers.Select(register => (ReadOnlyMemory<byte>)register)];
    }

    /// <summary>Holds the log to the registers of a quote.</summary>
    internal void CheckRegisters(TdReport td)
    {
        var replayed = Replay();
        for (var index = 0; index < Registers; index++)
        {
            if (!replayed[index].Span.SequenceEqual(td.Rtmrs[index].Span))
            {
                throw new RefusedException(
                    RefusalCodes.LogReplay,
                    $"the event log was expected to give RTMR{index} {Convert.ToHexStringLower(td.Rtmrs[index].Span)}; it gives {Convert.ToHexStringLower(replayed[index].Span)}");
            }
        }
    }

    /// <exception cref="RefusedException">It is no log that is known.</exception>
    internal static EventLog Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > LargestBytes)
        {
            throw new RefusedException(RefusalCodes.LogFormat, $"an event log was expected to have at most {LargestBytes} bytes");
        }

        // A CCEL begins with register 0 or 1 as a number of 32 bits, never with white space or a bracket.
        return bytes.Span.TrimStart(" \t\r\n"u8) is [(byte)'[', ..] ? new EventLog(ReadJson(bytes)) : new EventLog(CcelReader.Read(bytes));
    }

    private static List<EventLogEntry> ReadJson(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            var entries = new List<EventLogEntry>();
            foreach (var element in document.RootElement.EnumerateArray())
            {
                if (entries.Count == MostEvents || element.ValueKind != JsonValueKind.Object)
                {
                    throw new RefusedException(RefusalCodes.LogFormat, $"at most {MostEvents} objects were expected in the event log");
                }

                entries.Add(ReadEntry(new SignedJson(element, $"event log[{entries.Count}]", RefusalCodes.LogFormat)));
            }

            return entries;
        }
        catch (JsonException malformed)
        {
            throw new RefusedException(RefusalCodes.LogFormat, $"the event log was expected to be a list in JSON ({malformed.Message})");
        }
    }

    private static EventLogEntry ReadEntry(SignedJson json)
    {
        var (register, name) = (json.Number("imr", Registers - 1), json.Text("event"));
        var type = json.UnsignedNumber("event_type");
        var payload = json.Hex("event_payload", 0, LargestBytes);
        var given = json.Hex("digest", 0, DigestBytes);
        if (given.Length is not (0 or DigestBytes))
        {
            throw new RefusedException(RefusalCodes.LogFormat, $"the digest of \"{name}\" was expected to have {DigestBytes} bytes, not {given.Length}");
        }

        var computed = RuntimeEvent.Digest(type, name, payload);
        if (computed is null && given.Length == 0)
        {
            throw new RefusedException(RefusalCodes.LogFormat, $"the event \"{name}\" of type 0x{type:x} was expected to have a digest: only those of runtime events can be computed");
        }

        return computed is null || given.Length == 0 || given.AsSpan().SequenceEqual(computed)
            ? new EventLogEntry(register, type, computed ?? given, name, payload)
            : throw new RefusedException(RefusalCodes.LogDigest, $"the digest of \"{name}\" was expected to be that of its name and payload");
    }
}
