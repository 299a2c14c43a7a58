using System.Diagnostics;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Benchmarks.Engine;

namespace CocoonOrleans.Benchmarks.Attestation;

/// <summary>
/// What a gateway has to do when all of its workers begin an epoch at once: a new quote of each, verified. The quotes are the simulated issuer's, each
/// for data of its own.
/// </summary>
/// <param name="options">How much is measured.</param>
/// <param name="progress">For people.</param>
internal sealed class ReattestationBenchmark(EngineBenchmarkOptions options, TextWriter progress)
{
    private const int Workers = 1000;
    private const double LimitMilliseconds = 60_000;
    private const int AtOnce = 32;

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidOperationException">A quote is refused.</exception>
    /// <exception cref="IOException">The issuer can't be started.</exception>
    public async Task<IReadOnlyList<BenchmarkRatio>> RunAsync()
    {
        using var issuer = await IssuerProcess.StartAsync();
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = issuer.Socket }, TimeProvider.System);
        var (anchor, collateral) = (await issuer.AnchorAsync(), await issuer.CollateralAsync());
        await RoundAsync(source, anchor, collateral);
        List<(StepTimes All, StepTimes Verified)> rounds = [];
        for (var round = 1; round <= options.Pairs; round++)
        {
            progress.WriteLine($"{Workers} workers attest anew, round {round} of {options.Pairs}");
            rounds.Add(await RoundAsync(source, anchor, collateral));
        }

        return
        [
            Against($"{Workers} workers attest anew, each quote made and verified, against the 60 s that are asked for", rounds.Select(round => round.All)),
            Against($"the verification alone of {Workers} quotes, {Environment.ProcessorCount} at a time, against the 60 s", rounds.Select(round => round.Verified)),
        ];
    }

    private static BenchmarkRatio Against(string name, IEnumerable<StepTimes> ours) =>
        BenchmarkRatio.Of(name, target: 1, [.. ours.Select(times => (times, new StepTimes(LimitMilliseconds, LimitMilliseconds)))]);

    /// <summary>One epoch's beginning, with a verifier that has seen nothing yet.</summary>
    private static async Task<(StepTimes All, StepTimes Verified)> RoundAsync(QuoteServiceSource source, TrustAnchor anchor, Collateral collateral)
    {
        var verifier = new EvidenceVerifier(anchor);
        var quotes = new ReadOnlyMemory<byte>[Workers];
        var all = await MeasureAsync(() => Parallel.ForAsync(0, Workers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (worker, cancellationToken) =>
        {
            var reportData = RandomNumberGenerator.GetBytes(IQuoteSource.ReportDataBytes);
            var made = await source.QuoteAsync(reportData, cancellationToken);
            quotes[worker] = made.IsMade ? made.Quote : throw new InvalidOperationException($"There is no quote: {made.Failure}");
            Verify(verifier, collateral, quotes[worker]);
        }));
        var again = new EvidenceVerifier(anchor);
        var verified = await MeasureAsync(() =>
        {
            Parallel.For(0, Workers, worker => Verify(again, collateral, quotes[worker]));
            return Task.CompletedTask;
        });
        return (all, verified);
    }

    private static async Task<StepTimes> MeasureAsync(Func<Task> step)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await step();
        var wall = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        process.Refresh();
        return new StepTimes(wall, (process.TotalProcessorTime - before).TotalMilliseconds);
    }

    private static void Verify(EvidenceVerifier verifier, Collateral collateral, ReadOnlyMemory<byte> quote)
    {
        var verdict = verifier.Verify(new Evidence { Quote = quote, Collateral = collateral }, new EvidencePolicy(), TimeProvider.System.GetUtcNow());
        if (verdict.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"A simulated quote was refused: {refusal}");
        }
    }
}
