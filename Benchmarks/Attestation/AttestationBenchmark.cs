using System.Diagnostics;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Benchmarks.Engine;

namespace CocoonOrleans.Benchmarks.Attestation;

/// <summary>
/// How long a verification takes, of a recorded quote: with everything to check, and with collateral that was checked before. And how long a gateway needs
/// for all of its workers at once.
/// </summary>
/// <param name="options">How much is measured.</param>
/// <param name="progress">For people.</param>
public sealed class AttestationBenchmark(EngineBenchmarkOptions options, TextWriter progress)
{
    private const int WarmUp = 100;
    private const int Steps = 40;
    private const double FullMilliseconds = 3;
    private const double KnownMilliseconds = 1;
    private const string QuoteName = "phala-v4-a";

    private static readonly DateTimeOffset At = new(2025, 6, 25, 0, 0, 0, TimeSpan.Zero);

    private readonly byte[] _quote = File.ReadAllBytes(Recording($"quotes/{QuoteName}.bin"));
    private readonly byte[] _collateral = File.ReadAllBytes(Recording("collateral/b0c06f-2025-06.json"));

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidOperationException">A quote is refused.</exception>
    public async Task<BenchmarkReport> RunAsync()
    {
        var (loadBefore, started) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        var (known, evidence) = (new EvidenceVerifier(TrustAnchor.Intel), Read());
        Measure(() => Verify(new EvidenceVerifier(TrustAnchor.Intel), Read()), WarmUp);
        Measure(() => Verify(known, evidence), WarmUp);
        List<(StepTimes Full, StepTimes Known)> pairs = [];
        for (var pair = 1; pair <= options.Pairs; pair++)
        {
            progress.WriteLine($"verification, pair {pair} of {options.Pairs}");
            pairs.Add((Measure(() => Verify(new EvidenceVerifier(TrustAnchor.Intel), Read()), Steps), Measure(() => Verify(known, evidence), Steps)));
        }

        var epoch = await new ReattestationBenchmark(options, progress).RunAsync();
        return new BenchmarkReport(
            BenchmarkMachine.Describe(loadBefore, started),
            Threads: 1,
            [
                Against("full verification against the 3 ms that are asked for", FullMilliseconds, pairs.Select(pair => pair.Full)),
                Against("verification with known collateral against the 1 ms that is asked for", KnownMilliseconds, pairs.Select(pair => pair.Known)),
                BenchmarkRatio.Of("known collateral against full verification", null, [.. pairs.Select(pair => (pair.Known, pair.Full))]),
                .. epoch,
            ],
            [
                "Full: reading collateral and quote, nine signatures, both revocation lists. Known: reading the quote, three signatures.",
                "1,000 workers: the simulated issuer makes their quotes, one process for all of them on the same machine; in a TD each makes its own. The collateral is of one platform.",
                "Wall times are of one thread; on a loaded machine see the processor times beside them.",
            ]);
    }

    private static BenchmarkRatio Against(string name, double milliseconds, IEnumerable<StepTimes> ours) =>
        BenchmarkRatio.Of(name, target: 1, [.. ours.Select(times => (times, new StepTimes(milliseconds, milliseconds)))]);

    private static StepTimes Measure(Action step, int steps)
    {
        var wall = new double[steps];
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var index = 0; index < steps; index++)
        {
            var start = Stopwatch.GetTimestamp();
            step();
            wall[index] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        process.Refresh();
        return StepTimes.Of(wall, (process.TotalProcessorTime - before).TotalMilliseconds);
    }

    private static void Verify(EvidenceVerifier verifier, Evidence evidence)
    {
        if (verifier.Verify(evidence, new EvidencePolicy(), At).Refusal is { } refusal)
        {
            throw new InvalidOperationException($"{QuoteName} was refused: {refusal}");
        }
    }

    private static string Recording(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "shared", "vectors", "tdx", name);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new IOException($"shared/vectors/tdx/{name} is not beside this checkout: there is no quote to verify.");
    }

    private Evidence Read() => Collateral.TryParse(_collateral, out var collateral, out var refusal)
        ? new Evidence { Quote = _quote, Collateral = collateral! }
        : throw new InvalidOperationException($"The collateral was refused: {refusal}");
}
