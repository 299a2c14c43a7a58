namespace CocoonOrleans.Tests.Cluster.Requests;

public sealed class TunnelCanaryTests
{
    /// <summary>A real gateway and a real worker: what is inside their TLS is sealed once more.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_TextThatOccursNowhereElse_IsNotOnTheTunnelsWire(bool stream)
    {
        const string canary = "malachite-3907-bittern";
        await using OneProcessNetwork network = await OneProcessNetwork.StartAsync();

        await network.AskAsync($"What is 1 plus 1, {canary}?", stream);

        Assert.True(network.Tunnel.Saw("CSS1"u8), "a sealed request went over the wire");
        Assert.True(network.Tunnel.Saw("CSR1"u8), "a sealed answer went over the wire");
        Assert.False(network.Tunnel.Saw(canary), "the prompt was on the wire");
        Assert.False(network.Tunnel.Saw("messages"), "a request was on the wire");
        Assert.False(network.Tunnel.Saw("chat.completion.chunk"), "a chunk was on the wire");
    }
}
