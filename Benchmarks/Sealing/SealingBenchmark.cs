using System.Buffers;
using System.Diagnostics;
using CocoonOrleans.Benchmarks.Engine;
using CocoonOrleans.Sealing.Answers;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Benchmarks.Sealing;

/// <summary>What sealing costs a client and a worker, in processor time of one thread: per encapsulation, per request, per record of an answer.</summary>
/// <param name="options">How much.</param>
/// <param name="progress">Told what is under way.</param>
internal sealed class SealingBenchmark(SealingBenchmarkOptions options, TextWriter progress)
{
    private const int RequestsPerRun = 200;
    private const int RecordsPerRun = 20_000;
    private const int ChunkBytes = 250;

    /// <summary>What the design allows for a record of an answer, and what it counts on for an encapsulation; in milliseconds.</summary>
    private const double RecordBudget = 0.01;
    private const double EncapsulationReference = 0.5;

    /// <summary>What sealing may add to the time to a first token, in milliseconds.</summary>
    private const double FirstTokenBudget = 1;

    private static readonly string[] Notes =
    [
        "All ratios are of processor time: cpu milliseconds are what counts, wall times include waiting for the machine.",
        "An encapsulation is what opening a session costs the client; a decapsulation costs the worker about the same with P-256.",
        "Requests have a body of 1,000 bytes, sealed by the client and opened by the worker; records have 250 bytes, as a chunk of an answer has, sealed by the worker and opened by the client.",
        "The first token's way: a request sealed and opened in a session, and the first two records of its answer, sealed and opened; all that gateway and worker do more, one after the other.",
        "The other side of a record, an encapsulation and a first token is no measurement but the design's number: nothing goes unsealed that could be measured beside it.",
    ];

    private readonly List<BenchmarkRatio> _ratios = [];

    /// <summary>Measures everything.</summary>
    public BenchmarkReport Run()
    {
        var (load, at) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        using var sides = new SealedSides();
        foreach (var suite in Enum.GetValues<SealingSuite>())
        {
            var statement = sides.Offering(suite);
            MeasureEncapsulation(statement, suite);
            MeasureRequests(sides, statement, suite);
        }

        foreach (var padding in (TrafficPadding[])[TrafficPadding.Off, TrafficPadding.Balanced])
        {
            MeasureFirstToken(sides, padding);
        }

        foreach (var padding in Enum.GetValues<TrafficPadding>())
        {
            MeasureRecords(sides, padding);
        }

        return new BenchmarkReport(BenchmarkMachine.Describe(load, at), 1, _ratios, Notes);
    }

    private void MeasureEncapsulation(BoundStatement statement, SealingSuite suite)
    {
        var reference = new StepTimes(EncapsulationReference, EncapsulationReference);
        var pairs = Repeat(() => Time(RequestsPerRun, () => SealedSides.Open(statement).Dispose()), () => reference);
        Add($"encapsulation {suite} against the design's 0.5 ms", null, pairs);
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

    /// <summary>
    /// All that stands between a client's request and its first token because of sealing, at gateway and worker one after the other: the request sealed in a
    /// session and opened, the answer begun, its first records sealed and opened. There is no way without it to compare with.
    /// </summary>
    private void MeasureFirstToken(SealedSides sides, TrafficPadding padding)
    {
        using var session = SealedSides.Open(sides.Statement);
        var reference = new StepTimes(FirstTokenBudget, FirstTokenBudget);
        var chunk = new byte[ChunkBytes];
        var output = new ArrayBufferWriter<byte>(4096);
        var pairs = Repeat(
            () => Time(RequestsPerRun, () =>
            {
                using var request = sides.Seal(session, padding);
                using var opened = sides.OpenAtWorker(request);
                using var opener = request.OpenAnswer();
                using var answer = opened.Answer(output);
                answer.Write(new AnswerMeta(200, "text/event-stream", SealedSides.Model, "native"));
                Read(opener, output);
                answer.WriteData(chunk);
                Read(opener, output);
            }),
            () => reference);
        Add($"what sealing adds to the time to a first token, padding {padding}, against the budget of 1 ms".ToLowerInvariant(), 1, pairs);
    }

    private void MeasureRecords(SealedSides sides, TrafficPadding padding)
    {
        var reference = new StepTimes(RecordBudget, RecordBudget);
        var chunk = new byte[ChunkBytes];
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
            () => reference);
        Add($"record of an answer sealed and opened, padding {padding}, against the budget of 10 µs".ToLowerInvariant(), 1, pairs);
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

    private void Add(string name, double? target, List<(StepTimes Ours, StepTimes Other)> pairs)
    {
        var ratio = BenchmarkRatio.OfCpu(name, target, pairs);
        _ratios.Add(ratio);
        progress.WriteLine($"{name}: {ratio.Value} ({ratio.OursCpuMilliseconds} ms of cpu, other {ratio.OtherCpuMilliseconds} ms)");
    }
}
