using System.Diagnostics;
using System.Security.Cryptography;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Measuring;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Benchmarks.Attestation;

/// <summary>
/// What a gateway has to do when all of its workers begin an epoch at once: a new quote of each, for a statement of its own, judged with its event log and by an image. The quotes are the simulated issuer's.
/// </summary>
/// <param name="options">How much is measured.</param>
/// <param name="progress">For people.</param>
internal sealed class ReattestationBenchmark(EngineBenchmarkOptions options, TextWriter progress)
{
    private const int Workers = 1000;
    private const double LimitMilliseconds = 60_000;
    private const int AtOnce = 32;
    private const string Td = "bench";

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidOperationException">A quote is refused.</exception>
    /// <exception cref="IOException">The issuer can't be started.</exception>
    public async Task<IReadOnlyList<BenchmarkRatio>> RunAsync()
    {
        using var issuer = await IssuerProcess.StartAsync();
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = issuer.Socket, Td = Td }, TimeProvider.System);
        var (anchor, collateral, image) = (await issuer.AnchorAsync(), await issuer.CollateralAsync(), await issuer.ImageAsync());
        var log = await MeasureAsync(issuer);
        await RoundAsync(source, anchor, collateral, image, log);
        List<(StepTimes All, StepTimes Verified)> rounds = [];
        for (var round = 1; round <= options.Pairs; round++)
        {
            progress.WriteLine($"{Workers} workers attest anew, round {round} of {options.Pairs}");
            rounds.Add(await RoundAsync(source, anchor, collateral, image, log));
        }

        return
        [
            Against($"{Workers} workers attest anew, each quote made and verified with statement, event log and image, against the 60 s that are asked for", rounds.Select(round => round.All)),
            Against($"the verification alone of {Workers} quotes, {Environment.ProcessorCount} at a time, against the 60 s", rounds.Select(round => round.Verified)),
        ];
    }

    private static BenchmarkRatio Against(string name, IEnumerable<StepTimes> ours) =>
        BenchmarkRatio.Of(name, target: 1, [.. ours.Select(times => (times, new StepTimes(LimitMilliseconds, LimitMilliseconds)))]);

    /// <summary>Measures as a worker does while it starts.</summary>
    private static async Task<byte[]> MeasureAsync(IssuerProcess issuer)
    {
        using var register = new QuoteServiceRegister(new QuoteServiceOptions { Socket = issuer.Socket, Td = Td }, TimeProvider.System);
        if (!CcelWriter.TryContinue(await issuer.BootLogAsync(), out var log, out var refusal))
        {
            throw new InvalidOperationException($"The issuer's boot log is none: {refusal}");
        }

        (string Name, byte[] Payload)[] events =
            [(RuntimeEvent.ConfigurationName, new byte[Digest.Length]), (RuntimeEvent.EngineName, "engine=native"u8.ToArray()), (RuntimeEvent.ModelsName, MeasuredModels.Encode([default])), (RuntimeEvent.ReadyName, [])];
        foreach (var (name, payload) in events)
        {
            var measured = await register.ExtendAsync(name, payload);
            if (!measured.IsDone)
            {
                throw new InvalidOperationException($"Nothing was measured: {measured.Failure}");
            }

            log!.AddRuntime(name, payload);
        }

        return log!.ToArray();
    }

    /// <summary>One epoch's beginning, with a verifier that has seen nothing yet.</summary>
    private static async Task<(StepTimes All, StepTimes Verified)> RoundAsync(QuoteServiceSource source, TrustAnchor anchor, Collateral collateral, ImageManifest image, byte[] log)
    {
        var verifier = new EvidenceVerifier(anchor);
        var policy = new EvidencePolicy { Images = [image], RequiresStatement = true, NetworkId = "bench", Role = StatementRole.Worker };
        var shown = new (byte[] Statement, ReadOnlyMemory<byte> Quote)[Workers];
        using var keys = new EpochKeyRing(TimeProvider.System);
        using var receipts = new ReceiptKey();
        var epoch = keys.Begin();
        var all = await MeasureAsync(() => Parallel.ForAsync(0, Workers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (worker, cancellationToken) =>
        {
            var statement = BoundStatement.Of(new Statement
            {
                NetworkId = "bench",
                Role = StatementRole.Worker,
                Tier = TrustTier.Simulated,
                BootId = RandomNumberGenerator.GetBytes(16),
                Epoch = epoch.Number,
                NotBefore = epoch.Begins,
                Expires = epoch.Begins + EpochKeyRing.Length,
                Keys = epoch.Keys,
                ReceiptKey = receipts.PublicKey,
                TunnelKeySha256 = default,
                Models = [default],
                Image = new Digest(image.Id()),
                EngineVersion = "1",
                Quantisation = "none",
            });
            var made = await source.QuoteAsync(statement.ReportData(), cancellationToken);
            shown[worker] = (statement.Bytes.ToArray(), made.IsMade ? made.Quote : throw new InvalidOperationException($"There is no quote: {made.Failure}"));
            Verify(verifier, collateral, policy, log, shown[worker]);
        }));
        var again = new EvidenceVerifier(anchor);
        var verified = await MeasureAsync(() =>
        {
            Parallel.For(0, Workers, worker => Verify(again, collateral, policy, log, shown[worker]));
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

    private static void Verify(EvidenceVerifier verifier, Collateral collateral, EvidencePolicy policy, byte[] log, (byte[] Statement, ReadOnlyMemory<byte> Quote) shown)
    {
        // A gateway reads the log anew each time.
        if (!CocoonOrleans.Attestation.EventLogs.EventLog.TryParse(log, out var parsed, out var unread))
        {
            throw new InvalidOperationException($"A log of ours was refused: {unread}");
        }

        var verdict = verifier.Verify(
            new Evidence { Quote = shown.Quote, Collateral = collateral, EventLog = parsed, Statement = shown.Statement }, policy, TimeProvider.System.GetUtcNow());
        if (verdict.Refusal is { } refusal)
        {
            throw new InvalidOperationException($"A simulated quote was refused: {refusal}");
        }
    }
}
