using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace CocoonOrleans.Tests.Unit.Tunnel.Trust;

public sealed class AnyKeyTests
{
    [Fact]
    public void Create_InProduction_IsRefused() => Assert.Throws<InvalidOperationException>(() => new AnyKey(In(Environments.Production)));

    [Fact]
    public async Task Judge_InDevelopment_LabelsThePeer()
    {
        using TunnelIdentity stranger = TunnelIdentity.Create(TimeProvider.System);
        TrustVerdict verdict = await new AnyKey(In(Environments.Development)).JudgeAsync(new TunnelPeer(stranger.PublicKey, null), CancellationToken.None);
        Assert.Equal("development: any key", verdict.Label);
    }

    private static HostingEnvironment In(string environment) => new() { EnvironmentName = environment, ContentRootFileProvider = new NullFileProvider() };
}
