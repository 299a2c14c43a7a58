namespace CocoonOrleans.Tests.Cluster.Requests;

public sealed class GrainCallsOfARequestTests
{
    // Well above what heartbeats and market polls do meanwhile.
    private const int Requests = 60;

    /// <summary>Counted at the silo, through the real gateway: calls that grow with the requests are theirs, the others are the background's.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_ThroughTheGateway_CostsTheSixGrainCallsOfTheDesign(bool stream)
    {
        await using OneProcessNetwork network = await OneProcessNetwork.StartAsync();
        await network.AskAsync("What is 1 plus 1?", stream); // Reads the key, once.
        await SettleAsync(network, 1);
        IReadOnlyDictionary<string, int> before = network.Calls.Counts;

        for (int number = 0; number < Requests; number++)
        {
            await network.AskAsync($"What is {number} plus 3?", stream);
        }

        await SettleAsync(network, Requests + 1);
        Dictionary<string, int> grown = network.Calls.Counts.ToDictionary(call => call.Key, call => call.Value - before.GetValueOrDefault(call.Key));
        var perRequest = grown.Where(call => call.Value >= Requests / 2).OrderBy(call => call.Key, StringComparer.Ordinal).ToList();
        Assert.Equal(
            ["clientaccount.CaptureAsync", "clientaccount.HoldAsync", "job.CompleteAsync", "job.StartAsync", "worker.ReleaseAsync", "worker.TryLeaseAsync"],
            perRequest.Select(call => call.Key));
        Assert.All(perRequest, call => Assert.Equal(Requests, call.Value));
    }

    // Release and charge come after the answer, in either order.
    private static async Task SettleAsync(OneProcessNetwork network, int requests)
    {
        await network.Calls.SettleAsync("worker.ReleaseAsync", requests);
        await network.Calls.SettleAsync("clientaccount.CaptureAsync", requests);
    }
}
