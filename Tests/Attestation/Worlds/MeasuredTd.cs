using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Tests.Attestation.Images;

namespace CocoonOrleans.Tests.Attestation.Worlds;

/// <summary>A simulated TD that measured what a worker does, its image, and its log, whole or changed.</summary>
internal static class MeasuredTd
{
    /// <summary>RTMR0 to RTMR3.</summary>
    public static byte[][] Registers { get; } = RegistersOf(Log());

    /// <summary>The image: configuration and models differ from worker to worker.</summary>
    public static ImageManifest Image { get; } = ImageManifestTests.Image with
    {
        Shapes = [new VmShape("measured", Registers[0])],
        Rtmr1 = Registers[1],
        Rtmr2 = Registers[2],
        Rtmr3 =
        [
            new RuntimeMeasurement(RuntimeEvent.ConfigurationName, null),
            new RuntimeMeasurement(RuntimeEvent.EngineName, "engine=native"u8.ToArray()),
            new RuntimeMeasurement(RuntimeEvent.ModelsName, null),
            new RuntimeMeasurement(RuntimeEvent.ReadyName, ReadOnlyMemory<byte>.Empty),
        ],
        MrSeams = [],
    };

    /// <summary>Logs by what is wrong with them, and the code of each.</summary>
    public static TheoryData<string, string?> Changes => new()
    {
        { "nothing", null },
        { "missing", "log.missing" },
        { "dropped", "log.replay" },
        { "swapped", "log.replay" },
        { "changed", "log.digest" },
        { "changed with its digest", "log.replay" },
        { "garbage", "log.format" },
    };

    /// <summary>The log with something wrong with it.</summary>
    public static byte[]? Changed(string change)
    {
        var log = Log();
        switch (change)
        {
            case "missing":
                return null;
            case "dropped":
                return Log([Events[0], Events[2]]);
            case "swapped":
                return Log([Events[1], Events[0], Events[2]]);
            case "changed":
                log[log.AsSpan().IndexOf("configuration\0"u8) + "configuration\0".Length] ^= 1;
                return log;
            case "changed with its digest":
                return Log([("configuration", [8]), Events[1], Events[2]]);
            case "garbage":
                return [1, 2, 3];
            default:
                return log;
        }
    }

    /// <summary>A TD that measured these models, or something else as them.</summary>
    /// <param name="models">The payload of the event "models".</param>
    /// <param name="registers">What its registers hold.</param>
    public static byte[] WithModels(byte[] models, out byte[][] registers)
    {
        var log = Log([Events[0], ("models", models), Events[2]]);
        registers = RegistersOf(log);
        return log;
    }

    private static (string Name, byte[] Payload)[] Events => [("configuration", [7]), ("engine", "engine=native"u8.ToArray()), ("models", MeasuredModels.Encode([default])), ("ready", [])];

    private static byte[] Log((string Name, byte[] Payload)[]? events = null)
    {
        Assert.True(CcelWriter.TryContinue(SimulatedBoot.Usual.Log, out var log, out var refusal), refusal?.ToString());
        foreach (var (name, payload) in events ?? Events)
        {
            log!.AddRuntime(name, payload);
        }

        return log!.ToArray();
    }

    private static byte[][] RegistersOf(byte[] bytes)
    {
        Assert.True(EventLog.TryParse(bytes, out var log, out var refusal), refusal?.ToString());
        return [.. log!.Replay().Select(register => register.ToArray())];
    }
}
