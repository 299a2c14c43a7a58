using System.Globalization;
using CocoonOrleans.Attestation.Gpus.Tokens;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Verification;

/// <summary><c>cocoon verify gpu --nras</c>: judges a stored answer of NVIDIA's Remote Attestation Service, offline.</summary>
internal static class GpuTokens
{
    public const int LargestBundle = 1024 * 1024;
    public const int LargestKeys = 256 * 1024;

    /// <summary>Judges it and says what was found.</summary>
    /// <param name="bundle">The answer.</param>
    /// <param name="keys">The service's keys, a JSON Web Key Set.</param>
    /// <param name="nonce">The nonce that it must be made for, 32 bytes.</param>
    /// <param name="at">The time at which it must hold.</param>
    /// <param name="output">Where it is said.</param>
    /// <returns>The exit code.</returns>
    public static int Verify(byte[] bundle, byte[] keys, byte[] nonce, DateTimeOffset at, CommandOutput output)
    {
        var found = NrasKeySet.TryParse(keys, out var set, out var refusal) ? new NrasVerifier(set!).Verify(bundle, nonce, at) : new NrasVerdict(refusal, [], null);
        var verdict = new GpuTokenVerdict(
            found.IsAccepted ? "accept" : "reject",
            found.Refusal?.Code,
            found.Refusal?.Reason,
            [.. found.Devices.Select(device => new GpuTokenDevice(device.Name, device.Id, device.Model, device.DriverVersion, device.VbiosVersion))],
            found.ValidUntil,
            Convert.ToHexStringLower(nonce),
            at);
        if (found.Refusal is { } refused)
        {
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]Refused[/] at {at:u}: {refused.Reason} ({refused.Code})");
        }
        else
        {
            output.Console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]Accepted[/] at {at:u}, valid until {found.ValidUntil:u}: the service whose keys these are vouches for {found.Devices.Count} GPUs, for this nonce.");
            foreach (var device in found.Devices)
            {
                output.Text.WriteLine($"{device.Name}  {device.Model}, driver {device.DriverVersion}, VBIOS {device.VbiosVersion}, id {device.Id}");
            }

            output.Text.WriteLine("Not checked: that the keys are NVIDIA's. Get them from NVIDIA's own address over TLS.");
        }

        output.Result(verdict, CommandJson.Default.GpuTokenVerdict);
        return found.IsAccepted ? ExitCode.Success : ExitCode.Failed;
    }
}
