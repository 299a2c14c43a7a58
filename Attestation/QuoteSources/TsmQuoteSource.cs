using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Attestation.Quotes;

namespace CocoonOrleans.Attestation.QuoteSources;

/// <summary>
/// Quotes from the kernel of a TD, by its configfs (Linux 6.7 and newer, <c>Documentation/ABI/testing/configfs-tsm-report</c>): each request has an entry
/// of its own, its number of writes is checked after the report was read, and only one request is under way at a time, since the host makes one quote
/// after the other.
/// </summary>
public sealed class TsmQuoteSource : IQuoteSource, IDisposable
{
    private const string Provider = "tdx_guest";
    private const int LargestText = 4096;
    private const int LargestAuxiliary = 1024 * 1024;
    private const int LargestDoubling = 6;

    private readonly TsmQuoteSourceOptions _options;
    private readonly KernelFiles _files;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly SemaphoreSlim _turn = new(1);

    /// <param name="options">How the kernel is asked.</param>
    /// <param name="time">For pauses and the time limit.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public TsmQuoteSource(TsmQuoteSourceOptions options, TimeProvider time)
        : this(options, time, new KernelFiles(), Random.Shared)
    {
    }

    internal TsmQuoteSource(TsmQuoteSourceOptions options, TimeProvider time, KernelFiles files, Random random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        (_options, _time, _files, _random) = (options, time, files, random);
    }

    /// <inheritdoc/>
    public async ValueTask<QuoteResult> QuoteAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellationToken = default)
    {
        ReportData.Check(reportData);
        using var limit = new CancellationTokenSource(_options.TimeLimit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _turn.WaitAsync(ended.Token);

            // A read that the kernel holds can't be cut short: whoever asked goes, the turn stays taken until the kernel gives it back.
            return await RunAsync(reportData.ToArray(), ended.Token).WaitAsync(ended.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return QuoteResult.Failed(
                TeeFailureKind.TimedOut,
                $"{_options.Folder} gave no quote within {_options.TimeLimit.TotalSeconds:0} s.",
                "Look whether the host's quote generation service runs, and whether other processes of this TD ask for quotes all the time.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<QuoteResult> RunAsync(byte[] reportData, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var result = await Task.Run(() => Attempt(reportData), CancellationToken.None);
                if (result.Failure?.Kind != TeeFailureKind.Busy || attempt == _options.Attempts)
                {
                    return result;
                }

                // Half to one and a half times the mean: two who met don't meet again.
                var pause = _options.Pause * (1 << Math.Min(attempt - 1, LargestDoubling)) * (0.5 + _random.NextDouble());
                await Task.Delay(pause, _time, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private QuoteResult Attempt(byte[] reportData)
    {
        if (!_files.HasFolder(_options.Folder))
        {
            return Failed(TeeFailureKind.Unsupported, $"There is no {_options.Folder}: this is no confidential virtual machine, or its kernel has no configfs-tsm.");
        }

        // A name that nobody else has: with an entry of one's own nobody writes between the request and its report.
        var entry = Path.Combine(_options.Folder, $"cocoon-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        try
        {
            _files.CreateEntry(entry);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Failed(fault, "make a request");
        }

        try
        {
            return Request(entry, reportData);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Failed(fault, "make a quote");
        }
        finally
        {
            Remove(entry);
        }
    }

    private QuoteResult Request(string entry, byte[] reportData)
    {
        var provider = Text(entry, "provider");
        if (provider != Provider)
        {
            return Failed(TeeFailureKind.Unsupported, $"The kernel's reports are of {provider}, not of {Provider}.");
        }

        var before = Generation(entry);
        _files.Write(Path.Combine(entry, "inblob"), reportData);
        var quote = _files.Read(Path.Combine(entry, "outblob"), Quote.LargestBytes);
        var auxiliary = Auxiliary(entry);

        // One write was ours. More or fewer: the report may be of other data, or of what was there before.
        var after = Generation(entry);
        return after == unchecked(before + 1)
            ? QuoteResult.Of(quote, auxiliary, reportData, entry)
            : Failed(TeeFailureKind.Busy, $"Another process wrote to {entry} (generation {before}, then {after}).");
    }

    private ulong Generation(string entry) => Text(entry, "generation") is var text && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new InvalidDataException($"{entry}/generation is no number.");

    private string Text(string entry, string name) => Encoding.ASCII.GetString(_files.Read(Path.Combine(entry, name), LargestText)).TrimEnd('\n', '\0');

    // Only some providers have one. Not "byte[]?": null would become an empty blob on its way.
    private ReadOnlyMemory<byte>? Auxiliary(string entry)
    {
        try
        {
            return _files.Read(Path.Combine(entry, "auxblob"), LargestAuxiliary);
        }
        catch (Exception absent) when (absent is FileNotFoundException || absent.HResult == Errno.NoSuchDeviceOrAddress)
        {
            return null;
        }
    }

    private void Remove(string entry)
    {
        try
        {
            _files.RemoveEntry(entry);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It holds no secret and is named at random: it is in nobody's way. The quote that was made is good.
        }
    }

    private QuoteResult Failed(Exception fault, string what) => Failed(Errno.KindOf(fault), $"The kernel did not {what} in {_options.Folder} ({fault.Message})");

    private static QuoteResult Failed(TeeFailureKind kind, string message) => QuoteResult.Failed(kind, message, kind switch
    {
        TeeFailureKind.Unsupported => "Run it in a trust domain of Intel TDX with Linux 6.7 or newer, its module tdx_guest loaded and configfs mounted. For development, name the socket of a quote service instead.",
        TeeFailureKind.Denied => "Give the process write access to the folder: configfs belongs to root.",
        TeeFailureKind.Busy => "Try again; if it stays, find what else in this TD asks for quotes.",
        TeeFailureKind.TimedOut => "Look whether the host's quote generation service runs and reaches its provisioning certificates.",
        TeeFailureKind.Malformed => "Report it: the kernel's interface is not the one that is known.",
        _ => "See the kernel's log (dmesg), and the host's quote generation service.",
    });
}
