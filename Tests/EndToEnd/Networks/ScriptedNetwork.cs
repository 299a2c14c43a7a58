using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>One network with two scripted workers, for tests that kill its processes. Each test leaves it running again.</summary>
[CollectionDefinition(Collection)]
public sealed class ScriptedNetwork : IAsyncLifetime, ICollectionFixture<ScriptedNetwork>
{
    public const string Collection = "Scripted network";

    private const int Strangers = 32;

    private readonly Queue<TunnelIdentity> _strangers = new(Enumerable.Range(0, Strangers).Select(_ => TunnelIdentity.Create(TimeProvider.System)));
    private TestNetwork? _network;

    public TestNetwork Network => _network ?? throw new InvalidOperationException("The network has not started.");

    /// <summary>A key that the gateway allows and that no worker has used.</summary>
    public TunnelIdentity TakeStranger() => _strangers.Dequeue();

    // A receipt of a job that another gateway ran waits for that gateway first: here the other one is dead.
    public async Task InitializeAsync() => _network = await TestNetwork.StartAsync(async options => await Script.InAllWorkersAsync(options) with
    {
        GatewaySettings =
        [
            "--Gateway:Dispatch:ForeignReceiptGrace=00:00:01",
            .. _strangers.Select(stranger => $"--Tunnel:AllowedWorkers:{stranger.Id}=stranger"),
        ],
    });

    public async Task DisposeAsync() => await Network.DisposeAsync();
}
