using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Load;

[Collection(RunningNetwork.Collection)]
public sealed class WorkerLibrariesTests(RunningNetwork network)
{
    /// <summary>libtorch is hundreds of megabytes, and the default backend has no use for it.</summary>
    [Fact]
    public async Task Worker_ThatAnswers_HasLoadedNoLibtorch()
    {
        await network.Network.ServesAgainAsync();

        foreach (var worker in network.Network.Processes.Workers)
        {
            var files = await File.ReadAllTextAsync($"/proc/{worker.Current.Id}/maps");
            Assert.Contains("CocoonOrleans.Inference.dll", files, StringComparison.Ordinal);
            Assert.DoesNotContain("libtorch", files, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("LibTorchSharp", files, StringComparison.OrdinalIgnoreCase);
        }
    }
}
