using System.Text.Json;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Cli.Watchtower;

/// <summary>Reads vouchers from a folder, as workers and silos keep them: all that are good for the network count, whatever the files are called.</summary>
/// <remarks>Who writes one file must not be able to hide another: which voucher of a channel is the one to charge is for the reader to say, when it has seen by whom each is signed.</remarks>
/// <param name="path">The folder.</param>
/// <param name="network">The network that they must be for.</param>
internal sealed class VoucherFolder(string path, int network)
{
    private const int MostFiles = 10_000;
    private const int LargestBytes = 4096;

    /// <summary>Reads all files.</summary>
    /// <returns>The vouchers of each channel, the highest first, and what can't be used.</returns>
    public (IReadOnlyDictionary<TonAddress, IReadOnlyList<SignedVoucher>> Vouchers, IReadOnlyList<TowerChannel> Refused) Read()
    {
        List<SignedVoucher> vouchers = [];
        List<TowerChannel> refused = [];
        string[] files = [.. Directory.EnumerateFiles(path, "*.json").Take(MostFiles + 1).Order(StringComparer.Ordinal)];
        if (files.Length > MostFiles)
        {
            refused.Add(new TowerChannel(path, TowerAction.Refused, $"the folder has more than {MostFiles} files; the rest is not looked at"));
        }

        foreach (var file in files.Take(MostFiles))
        {
            if (Read(file, out var reason) is not { } voucher)
            {
                refused.Add(new TowerChannel(Path.GetFileName(file), TowerAction.Refused, reason));
            }
            else
            {
                vouchers.Add(voucher);
            }
        }

        return (
            vouchers.GroupBy(voucher => voucher.Voucher.Channel).ToDictionary(
                channel => channel.Key,
                IReadOnlyList<SignedVoucher> (channel) => [.. channel.OrderByDescending(voucher => voucher.Voucher.Cumulative)]),
            refused);
    }

    private SignedVoucher? Read(string file, out string reason)
    {
        try
        {
            var bytes = new FileInfo(file).Length <= LargestBytes ? File.ReadAllBytes(file) : [];
            var kept = JsonSerializer.Deserialize(bytes, TunnelJson.Default.ProviderVoucher);
            var voucher = kept is { IsValid: true } ? SignedVoucher.Parse(kept.Voucher) : null;
            reason = voucher is null ? "it is no file of a voucher" : voucher.Voucher.Network == network ? "" : $"the voucher is for network {voucher.Voucher.Network}, not for {network}";
            return reason.Length == 0 ? voucher : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or TonFormatException)
        {
            reason = $"it can't be read: {unreadable.Message}";
            return null;
        }
    }
}
