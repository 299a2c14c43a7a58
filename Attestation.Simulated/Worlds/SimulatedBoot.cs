using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.EventLogs;

namespace CocoonOrleans.Attestation.Simulated.Worlds;

/// <summary>What the firmware of a simulated TD measured before anything ran: nothing was booted. The log replays to RTMR0 to RTMR2 of its quotes, as a real one does.</summary>
/// <param name="kernel">What is measured as the kernel.</param>
internal sealed class SimulatedBoot(string kernel)
{
    // EV_EFI_PLATFORM_FIRMWARE_BLOB2, EV_EFI_BOOT_SERVICES_APPLICATION and EV_EVENT_TAG of the TCG PC Client Platform Firmware Profile.
    private const uint FirmwareBlob = 0x8000_000A;
    private const uint Application = 0x8000_0003;
    private const uint Tagged = 6;

    /// <summary>The boot that the image of <c>GET /image</c> lists.</summary>
    public static SimulatedBoot Usual { get; } = new("simulated kernel");

    /// <summary>A boot of something else.</summary>
    public static SimulatedBoot Other { get; } = new("another simulated kernel");

    /// <summary>The log, a CCEL table.</summary>
    public byte[] Log { get; } = Write(kernel);

    /// <summary>RTMR0 to RTMR3 after it; the last is zero.</summary>
    public byte[][] Registers() => EventLog.TryParse(Log, out var log, out var refusal)
        ? [.. log!.Replay().Select(register => register.ToArray())]
        : throw new InvalidOperationException($"The log is one of ours: {refusal}");

    private static byte[] Write(string kernel)
    {
        var log = CcelWriter.Create();
        Add(log, 0, FirmwareBlob, "SIMULATED - NOT CONFIDENTIAL: firmware and virtual hardware");
        Add(log, 1, Application, kernel);
        Add(log, 2, Tagged, "simulated command line");
        Add(log, 2, Tagged, "simulated initrd");
        return log.ToArray();
    }

    private static void Add(CcelWriter log, int register, uint type, string text)
    {
        var content = Encoding.ASCII.GetBytes(text);
        log.Add(register, type, SHA384.HashData(content), content);
    }
}
