using System.Text;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Privacy;

[Collection(RunningNetwork.Collection)]
public sealed class CanaryTests(RunningNetwork network)
{
    [Fact]
    public async Task Ask_TextThatOccursNowhereElse_IsInNoFileAfterwards()
    {
        const string Canary = "zebraquartz-7714-vexillum";
        await network.Network.AskAsync($"Say {Canary} please.", maxTokens: 16);
        await network.Network.SettledAsync("dev");

        var files = Directory.GetFiles(network.Network.Data.Path, "*", SearchOption.AllDirectories);

        Assert.Contains(files, file => file.EndsWith("ledger.db", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith("gateway.log", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith("worker-1.log", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => Holds(file, Canary));
    }

    private static bool Holds(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}
