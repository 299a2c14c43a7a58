using CocoonOrleans.Attestation.Measuring;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Measuring;

/// <summary>The register of the TD whose quotes the worker shows: the kernel's, or that of a simulated TD.</summary>
public sealed class MeasuringRegister : IDisposable
{
    /// <param name="options">Which it is.</param>
    /// <param name="dialing">The boot, by which a simulated TD is named: another start of the worker is another TD.</param>
    /// <param name="time">For limits of time.</param>
    public MeasuringRegister(IOptions<WorkerOptions> options, DialingOptions dialing, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dialing);
        if (options.Value.Quotes is { Measures: true } quotes)
        {
            Register = quotes.Socket is { } socket
                ? new QuoteServiceRegister(new QuoteServiceOptions { Socket = socket, Td = dialing.BootId }, time)
                : new RuntimeRegister(quotes.RegisterFile is { } file ? new RuntimeRegisterOptions { File = file } : new RuntimeRegisterOptions());
        }
    }

    internal MeasuringRegister(IRuntimeRegister? register) => Register = register;

    /// <summary>The register; null where nothing is measured.</summary>
    public IRuntimeRegister? Register { get; }

    /// <inheritdoc/>
    public void Dispose() => (Register as IDisposable)?.Dispose();
}
