using System.Text.Json;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Ledger.Channels;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.Cluster.Requests;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Tests.Cluster.Channels;

/// <summary>A real gateway and a real worker: what the provider earned is with the worker, signed.</summary>
public sealed class VoucherDeliveryTests
{
    [Fact]
    public async Task Capture_OfAProviderWithAChannel_LeavesAVoucherWithItsWorker()
    {
        await using OneProcessNetwork network = await OneProcessNetwork.StartAsync();
        SampleChannel channel = await SampleChannel.OpenAsync(network.Ledger, network.Vouchers, "anna");
        await network.AskAsync("What is 1 plus 1?", stream: false);
        Nano earned = await Eventually.GetAsync("something earned", channel.DueAsync, due => due > Nano.Zero);

        // The chain says that five coins are there.
        await Eventually.GetAsync<StoredVoucher?>(
            "a voucher of all that was earned",
            async () =>
            {
                await network.Grains.GetGrain<IPaymentChannelGrain>(channel.Address).SweepAsync(channel.Observe(1, 5 * Nano.PerCoin));
                return await channel.VoucherAsync();
            },
            voucher => voucher?.Cumulative == earned);

        string file = Path.Combine(network.WorkerFolder, "vouchers", $"{channel.Terms.Address.Account}.json");
        await Eventually.True(() => Task.FromResult(File.Exists(file)), "the voucher is in the worker's folder");
        using JsonDocument kept = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
        SignedVoucher voucher = SignedVoucher.Parse(kept.RootElement.GetProperty("voucher").GetBytesFromBase64());
        Assert.True(voucher.IsSignedBy(network.Vouchers.Key));
        Assert.Equal((earned, channel.Terms.Address), (voucher.Voucher.Cumulative, voucher.Voucher.Channel));
    }
}
