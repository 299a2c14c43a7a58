using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.EventLogs;

public sealed class EventLogTests
{
    private const string Recorded = "eventlogs/dstack-sample.ccel.bin";
    private static readonly string Digest = new('a', 96);

    [SkippableFact]
    public void Replay_RecordedTable_GivesTheRegistersOfItsMachine()
    {
        var log = Read(Vectors.Bytes(Recorded));

        string[] registers = [.. log.Replay().Select(register => Convert.ToHexStringLower(register.Span))];

        Assert.Equal(18, log.Entries.Count);
        Assert.Equal(
            [
                "274c2344116db7c663470693b5ba62b8621eac28cb41d2f816ddf188f9f423f900a1c44d32386fd3c993dc814e62af9d",
                "bdcf4ee0f7fdfe7c73fbb19ded73193aee23a6726b86d3b282ea097cf4c9ed7a0db21b5c1ccd513e410d90e310836b26",
                new string('0', 96),
                new string('0', 96),
            ],
            registers);
    }

    [SkippableFact]
    public void IsContentMeasured_RecordedTable_IsTrueWhereTheHashIsTheDigest()
    {
        var log = Read(Vectors.Bytes(Recorded));

        // The text of a boot step is what was hashed; the text beside a measured table of ACPI is only its name.
        Assert.True(log.Entries.Single(entry => Encoding.ASCII.GetString(entry.Content.Span) == "Exit Boot Services Invocation").IsContentMeasured);
        Assert.All(log.Entries.Where(entry => Encoding.ASCII.GetString(entry.Content.Span) == "ACPI DATA"), entry => Assert.False(entry.IsContentMeasured));
    }

    [SkippableTheory]
    [InlineData(0)] // The first register: not the event that names the banks any more, or another one.
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(1932)]
    public void TryParse_RecordedTableCut_IsRefused(int length)
    {
        Assert.False(EventLog.TryParse(Vectors.Bytes(Recorded).AsSpan(0, length), out _, out var refusal));
        Assert.Equal(RefusalCodes.LogFormat, refusal?.Code);
    }

    [SkippableFact]
    public void TryParse_RecordedTableChangedAtRandom_NeverFails()
    {
        var table = Vectors.Bytes(Recorded).AsSpan(0, 1933).ToArray();
        var random = new Random(5);
        for (var count = 0; count < 2000; count++)
        {
            var changed = (byte[])table.Clone();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            EventLog.TryParse(changed.AsSpan(0, random.Next(4) == 0 ? random.Next(changed.Length) : changed.Length), out _, out var refusal);

            Assert.True(refusal is null || refusal.Code == RefusalCodes.LogFormat, refusal?.ToString());
        }
    }

    [Fact]
    public void Replay_RuntimeEventsWithoutDigest_AreComputed()
    {
        var ours = RuntimeEvent.Digest(RuntimeEvent.Cocoon, "ready", [1, 2])!;
        var log = Read($$"""
            [{"imr":3,"event_type":{{RuntimeEvent.Cocoon}},"digest":"","event":"ready","event_payload":"0102"},
             {"imr":3,"event_type":{{RuntimeEvent.Dstack}},"digest":"","event":"app-id","event_payload":"ff"}]
            """);

        Assert.Equal(SHA384.HashData([.. Encoding.ASCII.GetBytes("cocoon/rtmr3/v1"), 0, .. Encoding.ASCII.GetBytes("ready"), 0, 1, 2]), ours);
        var first = SHA384.HashData([.. new byte[48], .. ours]);
        byte[] second = SHA384.HashData([.. first, .. SHA384.HashData([1, 0, 0, 8, .. Encoding.ASCII.GetBytes(":app-id:"), 0xFF])]);
        Assert.Equal(second, log.Replay()[3].ToArray());
        Assert.All(log.Entries, entry => Assert.True(entry.IsContentMeasured));
    }

    [Fact]
    public void TryParse_RuntimeEventWithAnotherDigest_IsRefused() =>
        Assert.Equal(RefusalCodes.LogDigest, Refusal($$"""[{"imr":3,"event_type":{{RuntimeEvent.Cocoon}},"digest":"{{Digest}}","event":"ready","event_payload":""}]""").Code);

    [Theory]
    [InlineData("""[{"imr":4,"event_type":1,"digest":"","event":"","event_payload":""}]""")]
    [InlineData("""[{"imr":0,"event_type":-1,"digest":"","event":"","event_payload":""}]""")]
    [InlineData("""[{"imr":0,"event_type":1,"digest":"","event":"","event_payload":""}]""")]
    [InlineData("""[{"imr":0,"event_type":1,"digest":"00","event":"","event_payload":""}]""")]
    [InlineData("""[{"imr":0}]""")]
    [InlineData("[1]")]
    [InlineData("[")]
    public void TryParse_JsonOfAnotherForm_IsRefused(string json) => Assert.Equal(RefusalCodes.LogFormat, Refusal(json).Code);

    [Fact]
    public void Digest_NameWithAZero_Throws() => Assert.Throws<ArgumentException>(() => RuntimeEvent.Digest(RuntimeEvent.Cocoon, "a\0b", []));

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, RefusalCodes.LogReplay)] // An event dropped.
    [InlineData(2, RefusalCodes.LogReplay)] // Two swapped.
    [InlineData(3, RefusalCodes.LogReplay)] // One in another register.
    public void Verify_LogOfTheQuote_MustGiveItsRegisters(int edit, string? code)
    {
        string[] entries =
        [
            $$"""{"imr":0,"event_type":1,"digest":"{{Digest}}","event":"a","event_payload":""}""",
            $$"""{"imr":0,"event_type":1,"digest":"{{new string('b', 96)}}","event":"b","event_payload":""}""",
            $$"""{"imr":3,"event_type":{{RuntimeEvent.Cocoon}},"digest":"","event":"ready","event_payload":""}""",
        ];
        var registers = Read($"[{string.Join(',', entries)}]").Replay();
        string[] shown = edit switch
        {
            1 => [entries[0], entries[2]],
            2 => [entries[1], entries[0], entries[2]],
            3 => [entries[0], entries[1], entries[2].Replace("\"imr\":3", "\"imr\":2", StringComparison.Ordinal)],
            _ => entries,
        };
        var evidence = World.Make(world => world.Rtmrs = [.. registers.Select(register => register.ToArray())]) with { EventLog = Read($"[{string.Join(',', shown)}]") };

        Assert.Equal(code, new EvidenceVerifier(World.Anchor).Verify(evidence, new EvidencePolicy(), World.Now).Refusal?.Code);
    }

    private static EventLog Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    private static EventLog Read(byte[] bytes)
    {
        Assert.True(EventLog.TryParse(bytes, out var log, out var refusal), refusal?.ToString());
        return log!;
    }

    private static Refusal Refusal(string json)
    {
        Assert.False(EventLog.TryParse(Encoding.UTF8.GetBytes(json), out _, out var refusal));
        return refusal!;
    }
}
