using System.Net;
using CocoonOrleans.Gateway.Cluster;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Gateway.Cluster;

public sealed class LiveGatewaysTests
{
    private static readonly IPEndPoint First = new(IPAddress.Loopback, 1), Second = new(IPAddress.Loopback, 2), Third = new(IPAddress.Loopback, 3);

    private readonly LiveGateways _gateways = new([First, Second]);

    [Fact]
    public async Task GetGateways_AfterTheClusterHasSpoken_AreItsSilos()
    {
        Assert.Equal([1, 2], (await _gateways.GetGateways()).Select(silo => silo.Port));

        Assert.True(_gateways.Set([Second, Third]));

        Assert.Equal([2, 3], (await _gateways.GetGateways()).Select(silo => silo.Port));
    }

    [Fact]
    public void Set_NobodyOrTheSame_ChangesNothing()
    {
        Assert.False(_gateways.Set([]));
        Assert.False(_gateways.Set([Second, First]));

        Assert.Equal([First, Second], _gateways.Live);
    }

    [Fact]
    public void Forget_NobodyAnswers_AlsoTriesTheSettings()
    {
        _gateways.Set([Third]);

        _gateways.Forget();

        Assert.Equal([First, Second, Third], _gateways.Live);
    }

    [Fact]
    public void SiloLeaves_OnlyWhereOneDoes()
    {
        Task leaves = _gateways.SiloLeaves;
        _gateways.Set([First, Second, Third]);
        Assert.False(leaves.IsCompleted);

        _gateways.Set([First, Third]);

        Assert.True(leaves.IsCompletedSuccessfully);
        Assert.False(_gateways.SiloLeaves.IsCompleted);
    }

    [Fact]
    public async Task Invoke_SiloLeavesWhileACallWaits_IsAskedAgainAtOnce()
    {
        var calls = new GrainCalls(
            (IClusterClient)(object)TestCluster.Create(), _gateways, Options.Create(new ClusterOptions { Attempts = 2, Patience = TimeSpan.FromMinutes(1) }), TimeProvider.System);
        int tries = 0;

        Task<int> answer = calls.InvokeAsync((_, _) => ++tries == 1 ? new TaskCompletionSource<int>().Task : Task.FromResult(7));
        _gateways.Set([First]);

        Assert.Equal(7, await answer);
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task Invoke_SilosLeaveAgainAndAgain_EndsTyped()
    {
        var calls = new GrainCalls((IClusterClient)(object)TestCluster.Create(), _gateways, Options.Create(new ClusterOptions { Attempts = 1 }), TimeProvider.System);

        Task<int> answer = calls.InvokeAsync((_, _) => new TaskCompletionSource<int>().Task);
        _gateways.TellThatOneLeft();

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => answer);
    }
}
