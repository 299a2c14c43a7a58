using System.Net;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.EndToEnd.KeyBrokers;

/// <summary>A broker in Production, where no simulation gets anything.</summary>
public sealed class ProductionBrokerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Start_SettingsOfADevelopmentNetwork_AreRefused()
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 0);
        await using SupervisedProcess broker = Broker(
            model, 0, $"--KeyBroker:SimulatedAnchorFile={Path.Combine(model.Folder, "simulated", "anchor.json")}", $"--KeyBroker:CollateralSocket={model.Issuer.Socket}");

        await Assert.ThrowsAsync<CommandFailedException>(() => broker.StartAsync(CancellationToken.None));

        Assert.Equal(2, await broker.Current.Exited);
        Assert.Contains(broker.Current.LastLines, line => line.Contains("KeyBroker:SimulatedAnchorFile must be absent in Production", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_ShareOfATestKey_IsRefused()
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 0);
        await using SupervisedProcess broker = Broker(model, 0, "--KeyBroker:CollateralAddress=http://127.0.0.1:9/");

        await Assert.ThrowsAsync<CommandFailedException>(() => broker.StartAsync(CancellationToken.None));

        Assert.Equal(1, await broker.Current.Exited);
        Assert.Contains("test key", broker.Current.LastWords, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Release_SimulatedEvidence_IsRefused()
    {
        await using LockedModel model = await LockedModel.StartAsync(brokers: 0);
        EncryptedModelManifest real;
        using (ShareFile test = ShareFile.Read(model.Place.Brokers[0].ShareFile))
        {
            real = test.Manifest with { MinimumTier = TrustTier.Tdx };
            File.Delete(model.Place.Brokers[0].ShareFile);
            ShareFile.Write(model.Place.Brokers[0].ShareFile, real.Encode(), test.Share);
        }

        int port = FreePorts.Take(1)[0];
        await using SupervisedProcess broker = Broker(model, port, "--KeyBroker:CollateralAddress=http://127.0.0.1:9/");
        await broker.StartAsync(CancellationToken.None);
        using var asker = new KeyAsker(new Uri($"http://{IPAddress.Loopback}:{port}/"), model.Issuer);

        Assert.Equal((403, "pck.root"), await asker.SendAsync(await asker.AskAsync(real.Hash(), model.Image)));
        Assert.Empty(model.Releases());
    }

    private static SupervisedProcess Broker(LockedModel model, int port, params string[] settings) => new(
        new ChildProcessSpec(
            "production-broker",
            BuiltArtifacts.Find().Assembly("KeyBroker"),
            [
                "--environment=Production",
                $"--KeyBroker:Listen=127.0.0.1:{port}",
                $"--KeyBroker:DataFolder={model.Place.Brokers[0].Folder}",
                $"--KeyBroker:ImageFiles:0={model.ImageFile}",
                "--KeyBroker:ExitWithParent=true",
                .. settings,
            ],
            Path.Combine(model.Folder, "logs", "production-broker.log")),
        Deadline,
        TimeProvider.System);
}
