using System.Text.Json;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Vouchers;

public sealed class VoucherStoreTests
{
    private static readonly (string, string)[] Settings = [("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello")];
    private static readonly string Channel = new('c', 64);

    [Fact]
    public async Task Voucher_HigherNumber_ReplacesTheOneBefore_AndALowerOneDoesNot()
    {
        using var data = new TemporaryFolder();
        await using RunningWorker worker = await RunningWorker.StartAsync(Settings, data);

        await worker.Tunnel.DeliverAsync(new ProviderVoucher(Channel, 2, [2]), default);
        await worker.Tunnel.DeliverAsync(new ProviderVoucher(Channel, 1, [1]), default);
        Assert.Equal([2], Kept(data, $"{Channel}.json").Voucher);
        await worker.Tunnel.DeliverAsync(new ProviderVoucher(Channel, 3, [3]), default);

        Assert.Equal([3], Kept(data, $"{Channel}.json").Voucher);
        Assert.Single(Files(data));
    }

    /// <summary>Proof that the operator's database was copied: it must not be lost by either of the two.</summary>
    [Fact]
    public async Task Voucher_SerialFork_IsKeptBesideTheFirst()
    {
        using var data = new TemporaryFolder();
        await using RunningWorker worker = await RunningWorker.StartAsync(Settings, data);
        await worker.Tunnel.DeliverAsync(new ProviderVoucher(Channel, 2, [2]), default);

        await worker.Tunnel.DeliverAsync(new ProviderVoucher(Channel, 2, [9]), default);
        await worker.Tunnel.DeliverAsync(new ProviderVoucher(Channel, 2, [2]), default);

        Assert.Equal([2], Kept(data, $"{Channel}.json").Voucher);
        Assert.Equal([9], Kept(data, $"{Channel}.2.fork").Voucher);
        Assert.Equal(2, Files(data).Length);
    }

    private static string[] Files(TemporaryFolder data) => Directory.GetFiles(Path.Combine(data.Path, "vouchers"));

    private static ProviderVoucher Kept(TemporaryFolder data, string name) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(data.Path, "vouchers", name)), TunnelJson.Default.ProviderVoucher)!;
}
