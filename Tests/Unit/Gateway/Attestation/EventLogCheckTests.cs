using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

/// <summary>Event logs beside quotes: replayed, and judged by the image.</summary>
public sealed class EventLogCheckTests : IAsyncLifetime
{
    private static readonly byte[] Models = MeasuredModels.Encode([new Digest(Convert.FromHexString(AttestedWorld.Manifest))]);

    private readonly AttestedWorld _attested = AttestedWorld.Create(images: [Image]);

    /// <summary>Logs that somebody changed, and the code under which each is refused.</summary>
    public static TheoryData<string, string> Changes => new()
    {
        { "none", "" },
        { "missing", RefusalCodes.LogMissing },
        { "firmware's event dropped", RefusalCodes.LogReplay },
        { "firmware's event changed", RefusalCodes.LogReplay },
        { "configuration dropped", RefusalCodes.LogReplay },
        { "two swapped", RefusalCodes.LogReplay },
        { "payload changed with its digest", RefusalCodes.LogReplay },
        { "payload changed alone", RefusalCodes.LogDigest },
        { "garbage", RefusalCodes.LogFormat },
        { "cut", RefusalCodes.LogFormat },
        { "one more", RefusalCodes.LogReplay },
    };

    private static ImageManifest Image { get; } = MakeImage();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _attested.DisposeAsync();

    [Theory, MemberData(nameof(Changes))]
    public async Task Judge_LogThatWasChanged_IsRefusedByItsCode(string change, string code)
    {
        BoundStatement statement = Statement();

        EvidenceFinding finding = await _attested.JudgeAsync(statement, Vouch(statement, Shown(change)));

        Assert.Equal(code, finding.Refusal?.Code ?? "");
    }

    /// <summary>The log replays, and yet the TD did something that its image does not.</summary>
    [Fact]
    public async Task Judge_MeasuredInAnotherOrder_IsRefusedByTheImage()
    {
        BoundStatement statement = Statement();
        (string, byte[])[] events = [("models", Models), ("configuration", [1]), Native, ("ready", [])];

        EvidenceFinding finding = await _attested.JudgeAsync(statement, Vouch(statement, Log(events), events));

        Assert.Equal(RefusalCodes.ImageRuntime, finding.Refusal?.Code);
    }

    /// <summary>The log is true, and says that prompts leave the machine in the clear: an image that fixes the engine takes nobody who does that.</summary>
    [Theory]
    [InlineData("engine=upstream;plaintext=remote")]
    [InlineData("engine=upstream;plaintext=loopback")]
    public async Task Judge_AnotherEngineThanTheImages_IsRefusedByTheImage(string engine)
    {
        BoundStatement statement = Statement();
        (string, byte[])[] events = [Events[0], ("engine", Encoding.ASCII.GetBytes(engine)), .. Events[2..]];

        EvidenceFinding finding = await _attested.JudgeAsync(statement, Vouch(statement, Log(events), events));

        Assert.Equal(RefusalCodes.ImageRuntime, finding.Refusal?.Code);
    }

    [Fact]
    public async Task Judge_StatementNamesAModelThatWasNotMeasured_IsRefused()
    {
        BoundStatement statement = Statement();
        (string, byte[])[] events = [("configuration", [1]), Native, ("models", MeasuredModels.Encode([Digest.Of("another"u8)])), ("ready", [])];

        EvidenceFinding finding = await _attested.JudgeAsync(statement, Vouch(statement, Log(events), events));

        Assert.Equal(RefusalCodes.StatementModels, finding.Refusal?.Code);
    }

    private BoundStatement Statement() => _attested.Renew(same => same with { Image = new Digest(Image.Id()) });

    private static (string Name, byte[] Payload) Native => ("engine", "engine=native"u8.ToArray());

    private static (string Name, byte[] Payload)[] Events => [("configuration", [1]), Native, ("models", Models), ("ready", [])];

    private static byte[] Log((string Name, byte[] Payload)[] events)
    {
        Assert.True(CcelWriter.TryContinue(SimulatedLogs.Boot(), out CcelWriter? log, out Refusal? refusal), refusal?.ToString());
        foreach ((string name, byte[] payload) in events)
        {
            log!.AddRuntime(name, payload);
        }

        return log!.ToArray();
    }

    private static byte[]? Shown(string change)
    {
        byte[] log = Log(Events);
        switch (change)
        {
            case "missing":
                return null;
            case "firmware's event dropped":
                return SimulatedLogs.Boot(kernel: null, Events);
            case "firmware's event changed":
                return SimulatedLogs.Boot(kernel: "another kernel", Events);
            case "configuration dropped":
                return Log(Events[1..]);
            case "two swapped":
                return Log([Events[1], Events[0], .. Events[2..]]);
            case "payload changed with its digest":
                return Log([("configuration", [2]), .. Events[1..]]);
            case "payload changed alone":
                int at = log.AsSpan().IndexOf("configuration\0"u8) + "configuration\0".Length;
                log[at] ^= 1;
                return log;
            case "garbage":
                return [1, 2, 3];
            case "cut":
                return log[..^3];
            case "one more":
                return Log([.. Events, ("ready", [])]);
            default:
                return log;
        }
    }

    /// <param name="statement">The statement.</param>
    /// <param name="shown">The log that is shown.</param>
    /// <param name="measured">What the TD did measure.</param>
    private VouchedStatement Vouch(BoundStatement statement, byte[]? shown, (string, byte[])[]? measured = null)
    {
        byte[][] registers = SimulatedLogs.Registers(Log(measured ?? Events));
        return _attested.Vouch(statement, settings => settings.Rtmrs = registers) with { EventLog = shown };
    }

    private static ImageManifest MakeImage()
    {
        byte[][] registers = SimulatedLogs.Registers(SimulatedLogs.Boot());
        return new ImageManifest
        {
            SourceCommit = "simulated",
            BuildRecipe = "SIMULATED - NOT CONFIDENTIAL",
            Files = [],
            Tier = TrustTier.Tdx,
            MrTd = WorldSettings.Filled(0x7D),
            Shapes = [new VmShape("simulated", registers[0])],
            Rtmr1 = registers[1],
            Rtmr2 = registers[2],
            Rtmr3 = [new RuntimeMeasurement("configuration", null), new RuntimeMeasurement("engine", Native.Payload), new RuntimeMeasurement("models", null), new RuntimeMeasurement("ready", ReadOnlyMemory<byte>.Empty)],
            MrConfigId = new byte[48],
            MrOwner = new byte[48],
            MrOwnerConfig = new byte[48],
            TdAttributes = BitConverter.GetBytes(1UL << 28),
            Xfam = BitConverter.GetBytes(0x602E7UL),
            MrSeams = [],
        };
    }
}
