using System.Diagnostics;
using System.Diagnostics.Metrics;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Benchmarks.Engine;

/// <summary>The whole engine as a worker has it: queue, scheduler, prefix cache, sampler, detokeniser.</summary>
internal sealed class EngineRun : IAsyncDisposable, IMeterFactory
{
    private const string Model = "benchmark";
    private const int FirstOrdinaryId = 300;
    private const int OrdinaryIds = 2_000;

    private readonly NativeEngine _engine;
    private int _prompts;

    private EngineRun(NativeEngineOptions options) => _engine = new NativeEngine(Options.Create(options), this, TimeProvider.System, NullLogger<NativeEngine>.Instance);

    /// <summary>Loads a model.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="quantization">How its weights are kept.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="slots">Answers at a time.</param>
    public static async Task<EngineRun> StartAsync(string folder, WeightQuantization quantization, int threads, int slots)
    {
        var run = new EngineRun(new NativeEngineOptions { Quantization = quantization, Threads = threads, Slots = slots });
        await run._engine.LoadAsync(new ModelReference(Model, folder), progress: null, CancellationToken.None);
        return run;
    }

    /// <summary>Asks for answers at the same time, each to a prompt of its own, and reads them all.</summary>
    /// <param name="streams">How many.</param>
    /// <param name="prompt">Tokens of each prompt.</param>
    /// <param name="tokens">Tokens of each answer.</param>
    /// <returns>Time for each token, prompts included.</returns>
    public async Task<StepTimes> AnswerAsync(int streams, int prompt, int tokens)
    {
        var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => ReadAsync(Request(NewPrompt(prompt), tokens, tenant: null), events: int.MaxValue)));
        var answered = streams * tokens;
        return new StepTimes(Stopwatch.GetElapsedTime(start).TotalMilliseconds / answered, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / answered);
    }

    /// <summary>Waits for the first token to a prompt that nobody asked before, and then for that to the same prompt again.</summary>
    /// <param name="prompt">Tokens of the prompt.</param>
    public async Task<(StepTimes New, StepTimes Again)> FirstTokensAsync(int prompt)
    {
        var request = Request(NewPrompt(prompt), tokens: 1, tenant: Model);
        async Task<StepTimes> FirstAsync()
        {
            var (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            await ReadAsync(request, events: 1);
            return new StepTimes(Stopwatch.GetElapsedTime(start).TotalMilliseconds, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
        }

        return (await FirstAsync(), await FirstAsync());
    }

    public async ValueTask DisposeAsync() => await _engine.DisposeAsync();

    Meter IMeterFactory.Create(MeterOptions options) => new(options);

    void IDisposable.Dispose()
    {
    }

    private static GenerationRequest Request(int[] prompt, int tokens, string? tenant) => new()
    {
        Model = Model,
        PromptIds = prompt,
        MaxCompletionTokens = tokens,
        Sampling = SamplingOptions.Greedy,
        StopIds = [],
        Tenant = tenant,
    };

    private int[] NewPrompt(int tokens)
    {
        var number = ++_prompts;
        return [.. Enumerable.Range(0, tokens).Select(i => FirstOrdinaryId + (((i * 7) + (number * (i + 1))) % OrdinaryIds))];
    }

    private async Task ReadAsync(GenerationRequest request, int events)
    {
        await foreach (var _ in _engine.GenerateAsync(request, CancellationToken.None))
        {
            if (--events == 0)
            {
                return;
            }
        }
    }
}
