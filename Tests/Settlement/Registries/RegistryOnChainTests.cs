using CocoonOrleans.Market;
using CocoonOrleans.Tests.Settlement.Chain;
using CocoonOrleans.Tests.Settlement.Vectors;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Registries;
using CocoonOrleans.Ton.Signatures;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;
using Microsoft.Extensions.Logging.Abstractions;

namespace CocoonOrleans.Tests.Settlement.Registries;

/// <summary>A registry's life on the real TVM, as the product's reader sees it through two endpoints.</summary>
public sealed class RegistryOnChainTests
{
    private const uint Delay = 3_600;

    private static readonly Bits256 Image = new([.. new byte[31], 111]);

    [SkippableFact]
    public async Task Registry_FromDeployToRevocation_IsReadAsItIs()
    {
        await using DevelopmentChain chain = await DevelopmentChain.StartAsync();
        using SigningKey walletKey = Sample.KeyOf("carrier");
        WalletV5R1 wallet = await chain.FundedWalletAsync(walletKey, 30);
        StateInit init = RegistryState.FirstInit(Sample.Owners, Delay, Sample.Parameters);
        var address = init.AddressIn();
        using var ton = new TonChain(chain.Options(), new ChainClock(DevelopmentChain.StartTime), NullLogger<TonChain>.Instance);
        var reader = new RegistryReader(ton, address, floor: null);
        Assert.Equal(RegistryFailure.NotThere, (await Assert.ThrowsAsync<RegistryException>(() => reader.ReadAsync(default))).Failure);

        await SendAsync(RegistryMessages.DeployValue, Cell.Empty, init);
        RegistrySnapshot registry = await reader.ReadAsync(default);
        Assert.Equal((0u, 0u, 0), (registry.State.Version, registry.State.Next, registry.Images.Count));

        // Proposed: it waits in the open, and allows nothing yet.
        RegistryPaper put = Paper(registry, RegistryChangeKind.PutImage, new RegistryImage(RegistryImage.WorkerRole, 0, uint.MaxValue, "worker").ToCell());
        await SendAsync(RegistryMessages.CallGas, put.ToMessage(1));
        registry = await reader.ReadAsync(default);
        Assert.Equal((0u, 1u, 0), (registry.State.Version, registry.State.Next, registry.Images.Count));
        Assert.Equal(put.Cell.Hash, registry.State.Pending[0].Hash);
        Assert.Equal(DevelopmentChain.StartTime + Delay, registry.State.Pending[0].UnlockTime);

        // Applied after its time lock.
        await chain.DevAsync("dev_now", new { advance = Delay + 1 });
        await SendAsync(RegistryMessages.CallGas, RegistryMessages.Apply(2, put.Proposal!));
        registry = await reader.ReadAsync(default);
        Assert.Equal((1u, "worker"), (registry.State.Version, registry.Images[Image].Note));

        // Two proposals, of which one is stopped and the other voided by a removal, which works at once.
        await SendAsync(RegistryMessages.CallGas, Paper(registry, RegistryChangeKind.PutModel, new RegistryModel("house").ToCell()).ToMessage(3));
        registry = await reader.ReadAsync(default);
        RegistryFloor before = reader.Floor!;
        var veto = RegistryPaper.Of(new RegistryVeto(TonNetwork.Development, address, 1, registry.Time + 600), registry.State.Owners).Sign(Sample.OwnerKeys[0]).Sign(Sample.OwnerKeys[1]);
        await SendAsync(RegistryMessages.CallGas, veto.ToMessage(4));
        registry = await reader.ReadAsync(default);
        Assert.Empty(registry.State.Pending);
        Assert.Equal(before, reader.Floor);
        await SendAsync(RegistryMessages.CallGas, Paper(registry, RegistryChangeKind.RemoveImage, null).ToMessage(5));
        registry = await reader.ReadAsync(default);
        Assert.Equal((2u, 3u, 0), (registry.State.Version, registry.State.Next, registry.Images.Count));

        // A process that starts again with what it kept is told of a chain that went back.
        var later = new RegistryReader(ton, address, new RegistryFloor(3, 3, registry.State.Content));
        Assert.Equal(RegistryFailure.WentBack, (await Assert.ThrowsAsync<RegistryException>(() => later.ReadAsync(default))).Failure);

        Task SendAsync(Nano value, Cell body, StateInit? first = null) =>
            chain.SendAsync(wallet, walletKey, new OutgoingMessage(address, value, body, Bounce: first is null, Init: first));
    }

    private static RegistryPaper Paper(RegistrySnapshot registry, RegistryChangeKind kind, Cell? value) => RegistryPaper
        .Of(new RegistryProposal(registry.Network, registry.Address, registry.State.Next, registry.Time + 600, kind, Image, value), registry.State.Owners)
        .Sign(Sample.OwnerKeys[0])
        .Sign(Sample.OwnerKeys[2]);
}
