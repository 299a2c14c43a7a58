using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ledger.Channels;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Silo.Chain;

/// <summary>Copies of vouchers in a folder, in the form in which workers keep theirs: <c>{account part of the address}.json</c>.</summary>
internal sealed partial class VoucherCopyFolder : IVoucherCopies, IDisposable
{
    private readonly string _folder;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, long> _kept = new(StringComparer.Ordinal);

    /// <exception cref="IOException">The folder can't be made.</exception>
    public VoucherCopyFolder(IOptions<ChannelOptions> options)
    {
        _folder = options.Value.VoucherCopies ?? throw new ArgumentException("No folder is named.", nameof(options));
        Directory.CreateDirectory(_folder);
    }

    /// <inheritdoc/>
    public async Task KeepAsync(string channel, ClientVoucher voucher, CancellationToken cancellationToken)
    {
        if (_kept.TryGetValue(channel, out var serial) && serial == voucher.Serial)
        {
            return;
        }

        var account = channel[(channel.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var path = Path.Combine(_folder, $"{account}.json");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Written beside and then put in its place: a crash leaves the old one or the new one.
            var beside = path + ".new";
            await using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous))
            {
                await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new Copy(account, voucher.Serial, voucher.Bytes.ToArray()), CopyJson.Default.Copy), cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
            _kept[channel] = voucher.Serial;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    internal sealed record Copy(string Channel, long Serial, byte[] Voucher);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Copy))]
    internal sealed partial class CopyJson : JsonSerializerContext;
}
