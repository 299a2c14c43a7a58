using System.Security.Cryptography;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.QuoteSources;

namespace CocoonOrleans.Attestation.Measuring;

/// <summary>
/// RTMR3 of the TD that this process runs in, by the kernel's file (Linux 6.16 and newer, <c>Documentation/ABI/testing/sysfs-devices-virtual-misc-tdx_guest</c>):
/// a read gives the register, a write of one digest extends it. What was measured stays until the TD ends; so an extension is looked at, and one that
/// the register doesn't show is a failure. Safe on many threads, but only for one process of a TD.
/// </summary>
public sealed class RuntimeRegister : IRuntimeRegister, IDisposable
{
    private readonly string _file;
    private readonly KernelFiles _files;
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="options">Where the register is.</param>
    public RuntimeRegister(RuntimeRegisterOptions options)
        : this(options, new KernelFiles())
    {
    }

    internal RuntimeRegister(RuntimeRegisterOptions options, KernelFiles files)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.File);
        (_file, _files) = (options.File, files);
    }

    /// <inheritdoc/>
    public Task<RegisterResult> ReadAsync(CancellationToken cancellationToken = default) => RunAsync(Read, cancellationToken);

    /// <inheritdoc/>
    public Task<RegisterResult> ExtendAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var digest = RuntimeEvent.Digest(RuntimeEvent.Cocoon, name, payload.Span)!;
        return RunAsync(() => Extend(digest), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<RegisterResult> RunAsync(Func<RegisterResult> step, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(step, CancellationToken.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Failed(Errno.KindOf(fault), $"RTMR3 was not measured ({fault.Message})");
        }
        finally
        {
            _turn.Release();
        }
    }

    private RegisterResult Read() => _files.Read(_file, EventLog.DigestBytes) is { Length: EventLog.DigestBytes } value
        ? new RegisterResult(value, null)
        : throw new InvalidDataException($"{_file} was expected to give {EventLog.DigestBytes} bytes.");

    private RegisterResult Extend(byte[] digest)
    {
        var before = Read().Value;
        _files.Write(_file, digest);
        var after = Read();
        return after.Value.Span.SequenceEqual(SHA384.HashData([.. before.Span, .. digest]))
            ? after
            : Failed(TeeFailureKind.Malformed, $"After the write {_file} does not hold what it must: somebody else extended it, or the kernel did not.");
    }

    private static RegisterResult Failed(TeeFailureKind kind, string message) => new(default, new TeeFailure(kind, message, kind switch
    {
        TeeFailureKind.Unsupported => "Run it in a trust domain of Intel TDX with Linux 6.16 or newer and its module tdx_guest loaded: older kernels let nobody measure.",
        TeeFailureKind.Denied => "Give the process write access to the file: it belongs to root.",
        TeeFailureKind.Malformed => "Start the TD again: what a register holds can't be taken back. Let one process alone measure.",
        _ => "See the kernel's log (dmesg).",
    }));
}
