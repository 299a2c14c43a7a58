using System.Buffers;
using System.Diagnostics;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Benchmarks.Sealing;

/// <summary>What sealing costs, each time beside the same without it in the same run: on a worker's tunnel to a first token and per record; in memory per record; and what sessions save of a request.</summary>
/// <param name="options">How much.</param>
/// <param name="progress">Told what is under way.</param>
internal sealed class SealingBenchmark(SealingBenchmarkOptions options, TextWriter progress)
{
    private const int RequestsPerRun = 200;
    private const int RecordsPerRun = 20_000;

    /// <summary>What sealing may add to a record of an answer, and to the time to a first token; in milliseconds.</summary>
    private const double RecordBudget = 0.01;
    private const double FirstTokenBudget = 1;

    private const int FirstTokens = 200;
    private const int LongAnswers = 4;
    private const int LongAnswerRecords = 2_000;

    private static readonly string[] Notes =
    [
        "Where a target is named, the other side is the same without sealing in the same run, and the budget added to it: a value of 1 or more means that sealing adds no more than the budget.",
        "On the tunnel: gateway and worker in one process on loopback, TLS 1.3 and HTTP/2 on the wire; a request of 1,000 bytes, records of 250 bytes that leave one by one. First token: wall time from before the request is sealed until the first data is open. Records: processor time of both ends and all between, the signed receipt at the end included.",
        "In memory: sealed by the worker and opened by the client, against the same bytes written and read; one thread.",
        "All other ratios are of processor time: an encapsulation is what opening a session costs the client, a decapsulation costs the worker about the same with P-256.",
    ];

    private readonly List<BenchmarkRatio> _ratios = [];

    /// <summary>Measures everything.</summary>
    public async Task<BenchmarkReport> RunAsync()
    {
        var (load, at) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        using var sides = new SealedSides();
        MeasureEncapsulation(sides.Offering(SealingSuite.P256), sides.Offering(SealingSuite.X25519));
        foreach (var suite in Enum.GetValues<SealingSuite>())
        {
            MeasureRequests(sides, sides.Offering(suite), suite);
        }

        await using (var tunnel = await SealedTunnel.StartAsync())
        {
            foreach (var padding in (TrafficPadding[])[TrafficPadding.Off, TrafficPadding.Balanced])
            {
                await MeasureTunnelAsync(tunnel, padding);
            }
        }

        foreach (var padding in Enum.GetValues<TrafficPadding>())
        {
            MeasureRecords(sides, padding);
        }

        return new BenchmarkReport(BenchmarkMachine.Describe(load, at), 1, _ratios, Notes);
    }

    private void MeasureEncapsulation(BoundStatement p256, BoundStatement x25519)
    {
        var pairs = Repeat(
            () => Time(RequestsPerRun, () => SealedSides.Open(p256).Dispose()),
            () => Time(RequestsPerRun, () => SealedSides.Open(x25519).Dispose()));
        Add("encapsulation P256 against X25519", null, pairs);
    }

    /// <summary>What a session saves.</summary>
    private void MeasureRequests(SealedSides sides, BoundStatement statement, SealingSuite suite)
    {
        using var session = SealedSides.Open(statement);
        var pairs = Repeat(
            () => Time(RequestsPerRun, () => sides.Take(sides.Seal(session))),
            () => Time(RequestsPerRun, () => sides.Take(sides.Seal(statement))));
        Add($"request {suite} in a session against a single one, sealed and opened", null, pairs);
    }

    /// <summary>Sealed and unsealed in turns over one tunnel.</summary>
    private async Task MeasureTunnelAsync(SealedTunnel tunnel, TrafficPadding padding)
    {
        List<(StepTimes Sealed, StepTimes Unsealed)> firsts = [], records = [];
        for (var pair = 0; pair <= options.Pairs; pair++)
        {
            var first = (await tunnel.RunAsync(FirstTokens, 1, padding), await tunnel.RunAsync(FirstTokens, 1, padding: null));
            var record = (await tunnel.RunAsync(LongAnswers, LongAnswerRecords, padding), await tunnel.RunAsync(LongAnswers, LongAnswerRecords, padding: null));
            if (pair > 0) // the first warms up
            {
                firsts.Add(first);
                records.Add(record);
            }
        }

        var mode = padding.ToString().ToLowerInvariant();
        Show(BenchmarkRatio.Of($"time to a first token over a tunnel, sealed (padding {mode}) against unsealed", null, firsts));
        Show(BenchmarkRatio.Of($"time to a first token over a tunnel, sealed (padding {mode}) against unsealed and the 1 ms that sealing may add", 1, [.. firsts.Select(pair => (pair.Sealed, Plus(pair.Unsealed, FirstTokenBudget)))]));
        Show(BenchmarkRatio.OfCpu($"record of an answer over a tunnel, sealed (padding {mode}) against unsealed", null, records));
        Show(BenchmarkRatio.OfCpu($"record of an answer over a tunnel, sealed (padding {mode}) against unsealed and the 10 µs that sealing may add", 1, [.. records.Select(pair => (pair.Sealed, Plus(pair.Unsealed, RecordBudget)))]));
    }

    private static StepTimes Plus(StepTimes times, double budget) => new(times.Wall + budget, times.Cpu + budget);

    private void MeasureRecords(SealedSides sides, TrafficPadding padding)
    {
        var chunk = new byte[SealedTunnel.ChunkBytes];
        var pairs = Repeat(
            () =>
            {
                using var request = sides.Seal(sides.Statement, padding);
                using var opened = sides.OpenAtWorker(request);
                using var opener = request.OpenAnswer();
                var output = new ArrayBufferWriter<byte>(4096);
                using var answer = opened.Answer(output);
                answer.Write(new AnswerMeta(200, "text/event-stream", SealedSides.Model, "native"));
                Read(opener, output);
                return Time(RecordsPerRun, () =>
                {
                    answer.WriteData(chunk);
                    Read(opener, output);
                });
            },
            () =>
            {
                var (output, read) = (new ArrayBufferWriter<byte>(4096), new byte[chunk.Length]);
                return Plus(
                    Time(RecordsPerRun, () =>
                    {
                        output.Write(chunk);
                        output.WrittenSpan.CopyTo(read);
                        output.ResetWrittenCount();
                    }),
                    RecordBudget);
            });
        Add($"record of an answer in memory, sealed (padding {padding}) against unsealed and the 10 µs that sealing may add".ToLowerInvariant(), 1, pairs);
    }

    private static void Read(AnswerOpener opener, ArrayBufferWriter<byte> output)
    {
        var bytes = new ReadOnlySequence<byte>(output.WrittenMemory);
        if (!opener.TryRead(ref bytes, out _) || bytes.Length > 0)
        {
            throw new InvalidOperationException($"The record was not read: {opener.Fault}.");
        }

        output.ResetWrittenCount();
    }

    /// <summary>Each side once for nothing, then in turns.</summary>
    private List<(StepTimes Ours, StepTimes Other)> Repeat(Func<StepTimes> ours, Func<StepTimes> other)
    {
        ours();
        other();
        return [.. Enumerable.Range(0, options.Pairs).Select(_ => (ours(), other()))];
    }

    private static StepTimes Time(int times, Action action)
    {
        var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        for (var i = 0; i < times; i++)
        {
            action();
        }

        return new StepTimes(Stopwatch.GetElapsedTime(start).TotalMilliseconds / times, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / times);
    }

    private void Add(string name, double? target, List<(StepTimes Ours, StepTimes Other)> pairs) => Show(BenchmarkRatio.OfCpu(name, target, pairs));

    private void Show(BenchmarkRatio ratio)
    {
        _ratios.Add(ratio);
        progress.WriteLine($"{ratio.Name}: {ratio.Value} ({ratio.OursMilliseconds} ms, cpu {ratio.OursCpuMilliseconds}; other {ratio.OtherMilliseconds} ms, cpu {ratio.OtherCpuMilliseconds})");
    }
}
