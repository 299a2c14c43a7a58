using System.Diagnostics;
using CocoonOrleans.Benchmarks.Engine;

namespace CocoonOrleans.Benchmarks.Tunnel;

/// <summary>What a tunnel costs: the handshake with both sides' keys and the gateway's statement, and a request on a tunnel that stands. Both ends are in this process, on loopback.</summary>
/// <param name="options">How much.</param>
/// <param name="progress">Told what is under way.</param>
internal sealed class TunnelBenchmark(EngineBenchmarkOptions options, TextWriter progress)
{
    private const int HandshakesPerRun = 40;
    private const int RequestsPerRun = 400;

    /// <summary>The most that the design saw for mutual RA-TLS with a quote of 5 KB in the certificate, warm, in milliseconds.</summary>
    private const double HandshakeReference = 15;

    private static readonly string[] Notes =
    [
        "A handshake: TCP, TLS 1.3 with both P-256 keys and no resumption, hello with a nonce, the trust decision, the gateway's statement signed for that nonce, and its check. One after the other; both ends' processor time.",
        "The other side of a handshake is no measurement but the design's number for certificates that carry a quote of 5 KB (4 to 15 ms on loopback).",
        "A request: 1,000 bytes to the worker and 1,000 back over HTTP/2 in a tunnel that stands, one after the other; the worker only echoes.",
    ];

    /// <summary>Measures.</summary>
    public async Task<BenchmarkReport> RunAsync()
    {
        var (load, at) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        await using var sides = await TunnelSides.StartAsync();
        await RunAsync(HandshakesPerRun, sides.DialAsync);
        await RunAsync(RequestsPerRun, sides.RequestAsync);
        List<(StepTimes, StepTimes)> handshakes = [], requests = [];
        for (var pair = 1; pair <= options.Pairs; pair++)
        {
            progress.WriteLine($"{HandshakesPerRun} handshakes and {RequestsPerRun} requests, round {pair} of {options.Pairs}");
            var handshake = await RunAsync(HandshakesPerRun, sides.DialAsync);
            handshakes.Add((handshake, new StepTimes(HandshakeReference, HandshakeReference)));
            requests.Add((await RunAsync(RequestsPerRun, sides.RequestAsync), handshake));
        }

        return new BenchmarkReport(
            BenchmarkMachine.Describe(load, at),
            1,
            [
                BenchmarkRatio.Of("tunnel handshake with the gateway's statement, against the 15 ms of attested certificates", target: 1, handshakes),
                BenchmarkRatio.Of("a request on a tunnel that stands against a new handshake", target: null, requests),
            ],
            Notes);
    }

    private static async Task<StepTimes> RunAsync(int count, Func<Task> step)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var walls = new double[count];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await step();
            walls[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        process.Refresh();
        return StepTimes.Of(walls, (process.TotalProcessorTime - before).TotalMilliseconds);
    }
}
