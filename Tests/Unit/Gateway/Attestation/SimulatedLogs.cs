using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Refusals;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

/// <summary>Event logs of a boot that never was.</summary>
internal static class SimulatedLogs
{
    private const string Kernel = "kernel";

    /// <summary>The firmware's log.</summary>
    /// <param name="kernel">The kernel that it says was started; null leaves that event out.</param>
    /// <param name="events">What was measured behind it.</param>
    public static byte[] Boot(string? kernel = Kernel, params (string Name, byte[] Payload)[] events)
    {
        var log = CcelWriter.Create();
        Add(log, 0, "firmware");
        if (kernel is not null)
        {
            Add(log, 1, kernel);
        }

        Add(log, 2, "command line");
        foreach ((string name, byte[] payload) in events)
        {
            log.AddRuntime(name, payload);
        }

        return log.ToArray();
    }

    /// <summary>What the registers hold after a log.</summary>
    public static byte[][] Registers(byte[] log)
    {
        Assert.True(EventLog.TryParse(log, out EventLog? read, out Refusal? refusal), refusal?.ToString());
        return [.. read!.Replay().Select(register => register.ToArray())];
    }

    private static void Add(CcelWriter log, int register, string text)
    {
        byte[] content = Encoding.ASCII.GetBytes(text);
        log.Add(register, 0x8000_0003, SHA384.HashData(content), content);
    }
}
