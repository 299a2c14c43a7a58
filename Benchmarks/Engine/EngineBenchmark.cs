using CocoonOrleans.Benchmarks.LlamaCpp;
using CocoonOrleans.Inference.Cpu;
using CocoonOrleans.Inference.Cpu.Threads;
using CocoonOrleans.Inference.Cpu.Weights;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>The engine's kernels against llama.cpp and against the machine. Ratios within one run, sides in turns; times alone mean little on a shared machine.</summary>
/// <param name="options">How much.</param>
/// <param name="progress">Told what is under way.</param>
internal sealed class EngineBenchmark(EngineBenchmarkOptions options, TextWriter progress)
{
    private const int Prompt = 32;
    private const int Steps = 48;
    private const double PrefillTarget = 1.5;
    private const int Streams = 8;
    private const int StreamPrompt = 4;
    private const int StreamTokens = 96;
    private const int CachedTokens = 512;

    private static readonly int[] PrefillTokens = [256, 512, 1000];

    private static readonly string[] Notes =
    [
        "llama.cpp is node-llama-cpp 3.22.1's prebuilt library; the way through node costs it up to 0.45 ms a token, which counts against it.",
        "Weights are random, shapes those of a Llama of 125 million (768, 12 layers, 12/4 heads, 2048, vocabulary 32,000, untied); both sides compute the same tokens' worth of steps.",
        "The house model is so small that node's own work for each token is most of llama.cpp's time there: its decode ratios say that ours is not slower, and no more.",
        "int4: our output layer has 8.5 bits a weight, llama.cpp's Q4_0 file 4.5.",
        "The profile is of the steps that the ratios are made of, by a clock in the decoder; medians of parts, so their sum is not quite the step.",
        "8 streams and the cached prefix: the whole engine, prompts (of 4 tokens, and of 513) included; all else is the decoder alone.",
        "libtorch in bfloat16 rounds activations too, which ours does not: another model's numbers, and with AVX512_BF16 instructions of its own.",
        "Shares of the bandwidth: each step follows a plain reading of as many bytes; their processor times are not measured.",
        "cpu times are of whole processes, all threads together.",
    ];

    private readonly List<BenchmarkRatio> _ratios = [];
    private readonly List<ProfilePart> _profile = [];

    /// <summary>Measures everything.</summary>
    public async Task<BenchmarkReport> RunAsync()
    {
        var (load, at) = (BenchmarkMachine.Load(), TimeProvider.System.GetUtcNow());
        progress.WriteLine("making the model");
        var (random, house) = (BenchmarkModel.Random(), BenchmarkModel.House());
        var model = random.Model;
        using var team = new CpuTeam(options.Threads);
        using var rival = await LlamaCppProcess.StartAsync();
        foreach (var subject in (BenchmarkModel[])[random, house])
        {
            await CompareAsync(subject, team, rival, WeightFormat.Int8, GgufTensorType.Q8_0, decodeTarget: 1.2);
            await CompareAsync(subject, team, rival, WeightFormat.Int4, GgufTensorType.Q4_0, decodeTarget: 1.0);
            await CompareAsync(subject, team, rival, WeightFormat.BFloat16, GgufTensorType.BF16, decodeTarget: 0.9);
        }

        CompareWithLibtorch(model, team);
        await MeasureStreamsAsync(random);
        await MeasurePrefixHitAsync(random);
        MeasureBandwidth(model, team);
        return new BenchmarkReport(BenchmarkMachine.Describe(load, at), options.Threads, _ratios, Notes) { Profile = _profile };
    }

    private async Task CompareAsync(BenchmarkModel subject, CpuTeam team, LlamaCppProcess rival, WeightFormat format, GgufTensorType type, double decodeTarget)
    {
        var name = $"{format} against llama.cpp {type}".ToLowerInvariant();
        progress.WriteLine($"{subject.Name}{name}: loading");
        var decoder = Decoder(subject.Model, format, team);
        using var ours = new DecoderRun(decoder);
        await rival.LoadAsync(subject.Gguf(type), options.Threads);
        Add($"{subject.Name}decode {name}", decodeTarget, await PairsAsync(() => ours.Decode(Prompt, Steps), () => rival.DecodeAsync(Prompt, Steps)));
        foreach (var tokens in PrefillTokens)
        {
            var step = $"{subject.Name}prefill {tokens} {format}".ToLowerInvariant();
            var profile = new StepProfile(step, decoder, subject.Model.Config, tokens);
            StepTimes Prefill()
            {
                decoder.Clock!.Clear();
                var times = ours.Prefill(tokens);
                profile.Take();
                return times;
            }

            Add($"{subject.Name}prefill {tokens} {name}", PrefillTarget, await PairsAsync(Prefill, () => rival.PrefillAsync(tokens)));
            _profile.AddRange(profile.Parts());
        }
    }

    /// <summary>How many more tokens a second eight streams make than one, in the whole engine.</summary>
    private async Task MeasureStreamsAsync(BenchmarkModel subject)
    {
        progress.WriteLine("eight streams against one");
        await using var engine = await EngineRun.StartAsync(subject.Folder, WeightQuantization.Int8, options.Threads, Streams);
        Add($"{Streams} streams int8 against one, time a token", 3, await PairsAsync(() => engine.AnswerAsync(Streams, StreamPrompt, StreamTokens), () => engine.AnswerAsync(1, StreamPrompt, StreamTokens)));
    }

    /// <summary>How much sooner the first token comes to a prompt of which all but the last token is in the cache, in the whole engine.</summary>
    private async Task MeasurePrefixHitAsync(BenchmarkModel subject)
    {
        progress.WriteLine("prefix hit");
        await using var engine = await EngineRun.StartAsync(subject.Folder, WeightQuantization.Int8, options.Threads, Streams);
        var pairs = new List<(StepTimes, StepTimes)>();
        for (var i = 0; i <= options.Pairs; i++)
        {
            var (whole, hit) = await engine.FirstTokensAsync(CachedTokens + 1);
            if (i > 0)
            {
                pairs.Add((hit, whole));
            }
        }

        Add($"first token int8 with {CachedTokens} tokens in the cache against none", 5, pairs);
    }

    /// <summary>Our kernels against libtorch on the same weights: what its prefill would give, and why it doesn't do ours.</summary>
    private void CompareWithLibtorch(ModelFolder model, CpuTeam team)
    {
        progress.WriteLine("libtorch: loading");
        TorchLibrary.Load();
        torch.set_num_threads(options.Threads);
        using var inference = torch.inference_mode();
        foreach (var (format, numbers) in (ReadOnlySpan<(WeightFormat, ScalarType)>)[(WeightFormat.Float32, ScalarType.Float32), (WeightFormat.BFloat16, ScalarType.BFloat16)])
        {
            using var ours = Run(model, format, team);
            using var theirs = new DecoderRun(new TorchDecoder(model.Config, model.Weights, model.Config.ContextTokens, DecoderRun.BlocksPerSequence, new TorchPlace(torch.CPU, numbers)));
            foreach (var tokens in PrefillTokens)
            {
                Add($"prefill {tokens} {format} against libtorch".ToLowerInvariant(), null, Pairs(() => ours.Prefill(tokens), () => theirs.Prefill(tokens)));
            }
        }
    }

    /// <summary>
    /// What share of the memory's speed the reading of weights reaches, and where the rest goes. Steps and plain reading of as many bytes take turns, step by step: on a shared machine
    /// the memory's speed changes within seconds.
    /// </summary>
    private void MeasureBandwidth(ModelFolder model, CpuTeam team)
    {
        progress.WriteLine("memory bandwidth");
        foreach (var format in (WeightFormat[])[WeightFormat.Int8, WeightFormat.BFloat16])
        {
            var decoder = Decoder(model, format, team);
            using var run = new DecoderRun(decoder);
            using var bandwidth = new MemoryBandwidth(team, decoder.WeightBytes);
            var name = $"decode {format}".ToLowerInvariant();
            var profile = new StepProfile(name, decoder, model.Config, rows: 1);
            var pairs = new List<(StepTimes, StepTimes)>();
            for (var i = 0; i <= options.Pairs; i++)
            {
                var readings = new List<double>();
                var ours = run.Decode(Prompt, Steps, () =>
                {
                    if (readings.Count > 0)
                    {
                        profile.Take();
                    }

                    readings.Add(decoder.WeightBytes / bandwidth.Measure() * 1000);
                    decoder.Clock!.Clear();
                });
                var least = StepTimes.Median(readings);
                if (i > 0)
                {
                    pairs.Add((ours with { Cpu = ours.Wall }, new StepTimes(least, least)));
                }
            }

            Add($"share of memory bandwidth, {name}", 0.7, pairs);
            _profile.AddRange(profile.Parts());
        }
    }

    private static DecoderRun Run(ModelFolder model, WeightFormat format, CpuTeam team, int sequences = 1) => new(Decoder(model, format, team, sequences), sequences);

    private static CpuDecoder Decoder(ModelFolder model, WeightFormat format, CpuTeam team, int sequences = 1)
        => new(model.Config, model.Weights, format, model.Config.ContextTokens, DecoderRun.BlocksPerSequence * sequences, team) { Clock = new StepClock() };

    private void Add(string name, double? target, IReadOnlyList<(StepTimes Ours, StepTimes Other)> pairs)
    {
        var ratio = BenchmarkRatio.Of(name, target, pairs);
        _ratios.Add(ratio);
        progress.WriteLine($"{name}: {ratio.Value} ({ratio.OursMilliseconds} ms, other {ratio.OtherMilliseconds} ms)");
    }

    /// <summary>As the others, for sides that wait for nothing: all on this thread, as libtorch's modes are the thread's.</summary>
    private List<(StepTimes Ours, StepTimes Other)> Pairs(Func<StepTimes> ours, Func<StepTimes> other)
    {
        ours();
        other();
        var pairs = new List<(StepTimes, StepTimes)>();
        for (var i = 0; i < options.Pairs; i++)
        {
            var first = i % 2 == 0 ? ours() : null;
            var rival = other();
            pairs.Add((first ?? ours(), rival));
        }

        return pairs;
    }

    private Task<List<(StepTimes Ours, StepTimes Other)>> PairsAsync(Func<StepTimes> ours, Func<Task<StepTimes>> other) => PairsAsync(() => Task.FromResult(ours()), other);

    /// <summary>Each side once for nothing, then in turns, the first one changing.</summary>
    private async Task<List<(StepTimes Ours, StepTimes Other)>> PairsAsync(Func<Task<StepTimes>> ours, Func<Task<StepTimes>> other)
    {
        await ours();
        await other();
        var pairs = new List<(StepTimes, StepTimes)>();
        for (var i = 0; i < options.Pairs; i++)
        {
            var first = i % 2 == 0 ? await ours() : null;
            var rival = await other();
            pairs.Add((first ?? await ours(), rival));
        }

        return pairs;
    }
}
