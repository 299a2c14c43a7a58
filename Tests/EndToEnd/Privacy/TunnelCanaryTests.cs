using System.Text;
using CocoonOrleans.Tests.EndToEnd.Networks;
using CocoonOrleans.Tests.Unit.Sealing;

namespace CocoonOrleans.Tests.EndToEnd.Privacy;

/// <summary>What goes over a tunnel, seen inside its TLS at the worker's end: sealed, so that prompts and answers don't hang on TLS alone.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class TunnelCanaryTests(ScriptedNetwork fixture)
{
    [Fact]
    public async Task Ask_TextThatOccursNowhereElse_IsInTheRequestAndTheAnswerButNotOnTheWire()
    {
        const string canary = "obsidian-5531-kestrel";
        const string answer = "tourmaline-8846-heron";
        var network = fixture.Network;
        var tap = new WireTap();
        var asked = "";
        await using var worker = await HostileWorker.JoinAsync(
            network,
            fixture.TakeStranger(),
            async job =>
            {
                asked = Encoding.UTF8.GetString(job.Body);
                await job.BeginAsync(answer);
                await job.FinishAsync();
                await job.FinalAsync();
            },
            tap);

        var told = await network.AskAsync($"Say {canary} please.");

        Assert.Contains(canary, asked, StringComparison.Ordinal);
        Assert.Equal(answer, told.Text);
        Assert.True(told.Provider?.ReceiptVerified);

        // The tap works: it saw how a session's request and an answer begin.
        Assert.True(tap.Saw("CSS1"u8), "a sealed request went over the wire");
        Assert.True(tap.Saw("CSR1"u8), "a sealed answer went over the wire");
        Assert.False(tap.Saw(canary), "the prompt was on the wire");
        Assert.False(tap.Saw(answer), "the answer was on the wire");
        Assert.False(tap.Saw("\"messages\""), "a request was on the wire");
        Assert.False(tap.Saw("chat.completion.chunk"), "a chunk was on the wire");
    }
}
