using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Vouchers;

/// <summary>
/// Keeps the newest voucher of each channel of the provider, in the folder <c>vouchers</c> of the worker's data: <c>{channel}.json</c>. Whoever is to charge one
/// takes it from there. The worker can't read it, and doesn't try: a new worker, or a lost one, loses no earnings, since the operator gives the last one again.
/// </summary>
public sealed partial class VoucherStore : IDisposable
{
    /// <summary>Most channels: a provider has one at a time, and a new one with each new address.</summary>
    public const int MaxChannels = 64;

    private const string ForkSuffix = ".fork";

    private readonly ILogger _logger;
    private readonly string _folder;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Opens the store in the worker's data folder.</summary>
    /// <exception cref="IOException">The folder can't be made.</exception>
    public VoucherStore(IOptions<WorkerOptions> options, ILogger<VoucherStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _logger = logger;
        _folder = Path.Combine(options.Value.DataFolder, "vouchers");
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Keeps a voucher where it is newer than the one that is kept; it is on the disk when this returns.</summary>
    /// <param name="voucher">A valid one.</param>
    /// <param name="cancellationToken">Ends the wait; the voucher may be kept or not.</param>
    /// <returns>False where there are too many channels already.</returns>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public async Task<bool> KeepAsync(ProviderVoucher voucher, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(voucher);
        string path = Path.Combine(_folder, $"{voucher.Channel}.json");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ProviderVoucher? kept = await ReadAsync(path, cancellationToken);
            if (kept?.Serial == voucher.Serial && !kept.Voucher.AsSpan().SequenceEqual(voucher.Voucher))
            {
                // Two vouchers of one number: two copies of the operator's database are at work. Both are kept, for whoever is to prove it.
                LogFork(voucher.Channel, voucher.Serial);
                await WriteAsync(Path.Combine(_folder, $"{voucher.Channel}.{voucher.Serial}{ForkSuffix}"), voucher, cancellationToken);
                return true;
            }

            if (kept?.Serial >= voucher.Serial)
            {
                return true;
            }

            if (kept is null && Directory.GetFiles(_folder, "*.json").Length >= MaxChannels)
            {
                return false;
            }

            await WriteAsync(path, voucher, cancellationToken);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>Written beside and then put in its place: a crash leaves the old one or the new one.</summary>
    private static async Task WriteAsync(string path, ProviderVoucher voucher, CancellationToken cancellationToken)
    {
        string beside = path + ".new";
        await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
        {
            await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(voucher, TunnelJson.Default.ProviderVoucher), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    [LoggerMessage(LogLevel.Critical, "The operator signed two vouchers of number {Serial} over channel {Channel}. Both are kept in the folder vouchers: charge the higher one.")]
    private partial void LogFork(string channel, long serial);

    private static async Task<ProviderVoucher?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancellationToken), TunnelJson.Default.ProviderVoucher);
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or JsonException)
        {
            // The operator gives the newest again.
            return null;
        }
    }
}
