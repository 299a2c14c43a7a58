using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.Tests.Attestation.EventLogs;

/// <summary>Logs that go on behind the firmware's table.</summary>
public sealed class CcelWriterTests
{
    [Fact]
    public void Write_EventsOfEveryRegister_AreReadAsTheyWere()
    {
        var log = CcelWriter.Create();
        var digest = SHA384.HashData("firmware"u8);
        log.Add(0, 7, digest, "firmware"u8);
        log.AddRuntime(RuntimeEvent.ModelsName, [1, 0, 2]);
        log.AddRuntime(RuntimeEvent.ReadyName, []);

        var read = Read(log.ToArray());

        Assert.Equal([0, 3, 3], read.Entries.Select(entry => entry.Register));
        Assert.Equal(["", "models", "ready"], read.Entries.Select(entry => entry.Name));
        Assert.Equal([1, 0, 2], read.Entries[1].Content.ToArray());
        Assert.All(read.Entries, entry => Assert.True(entry.IsContentMeasured));
        Assert.Equal(SHA384.HashData([.. new byte[48], .. digest]), read.Replay()[0].ToArray());
    }

    /// <summary>The firmware's table is larger than what is in it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0xFF)]
    public void Continue_TableThatIsFilledUp_GoesOnWhereItsEventsEnd(byte filling)
    {
        byte[] table = [.. SimulatedBoot.Usual.Log, .. Enumerable.Repeat(filling, 5000)];

        Assert.True(CcelWriter.TryContinue(table, out var log, out var refusal), refusal?.ToString());
        log!.AddRuntime(RuntimeEvent.ReadyName, []);
        var read = Read(log.ToArray());

        Assert.Equal(SimulatedBoot.Usual.Registers()[..3], read.Replay().Take(3).Select(register => register.ToArray()));
        Assert.Equal(RuntimeEvent.ReadyName, read.Entries[^1].Name);
    }

    [Fact]
    public void Continue_NoTable_IsRefused()
    {
        Assert.False(CcelWriter.TryContinue("no table"u8, out _, out var refusal));
        Assert.Equal(RefusalCodes.LogFormat, refusal?.Code);
    }

    [Fact]
    public void Read_RuntimeEventWithAnotherDigest_IsRefused()
    {
        var log = CcelWriter.Create();
        log.Add(3, RuntimeEvent.Cocoon, new byte[48], "ready\0"u8);

        Assert.False(EventLog.TryParse(log.ToArray(), out _, out var refusal));
        Assert.Equal(RefusalCodes.LogDigest, refusal?.Code);
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("\0ready")]
    [InlineData("")]
    public void Read_RuntimeEventWithoutAName_IsRefused(string content)
    {
        var log = CcelWriter.Create();
        log.Add(3, RuntimeEvent.Cocoon, new byte[48], Encoding.ASCII.GetBytes(content));

        Assert.False(EventLog.TryParse(log.ToArray(), out _, out var refusal));
        Assert.Equal(RefusalCodes.LogFormat, refusal?.Code);
    }

    [Fact]
    public void Models_EncodedAndRead_AreTheSame()
    {
        Digest[] models = [Digest.Of("one"u8), Digest.Of("two"u8)];

        Assert.True(MeasuredModels.TryDecode(MeasuredModels.Encode(models), out var read));
        Assert.Equal(models, read);
        Assert.False(MeasuredModels.TryDecode(MeasuredModels.Encode(models).AsMemory(1), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeasuredModels.Encode([.. Enumerable.Repeat(models[0], MeasuredModels.Most + 1)]));
    }

    private static EventLog Read(byte[] bytes)
    {
        Assert.True(EventLog.TryParse(bytes, out var log, out var refusal), refusal?.ToString());
        return log!;
    }
}
