using System.Diagnostics.Metrics;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Inference.Native;

public sealed class NativeEngineFaultTests : IDisposable
{
    private readonly TinyModel _files = new();
    private readonly TestMeters _meters = new();
    private readonly SteeredDecoder _decoder = new();

    public void Dispose()
    {
        _files.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Decode_Fault_FailsTheAnswersUnderWayAndTheNextIsAnswered()
    {
        await using var engine = await StartAsync();
        _decoder.OnDecode = ids => ThrowIf(ids.Contains(15));

        var failed = await Assert.ThrowsAsync<GenerationFailedException>(() => CollectAsync(engine, 10, 20));

        Assert.Equal(GenerationFailure.Backend, failed.Failure);
        Assert.Equal(5, failed.Usage.CompletionTokens);
        Assert.Equal(20, await CollectAsync(engine, 100, 20));
        Assert.Equal(0, engine.Statistics.Running);
    }

    [Fact]
    public async Task Prefill_Fault_FailsItsOwnAnswerOnly()
    {
        await using var engine = await StartAsync();
        _decoder.OnPrefill = ids => ThrowIf(ids.Contains(77));
        await using var other = engine.GenerateAsync(Request(10, 100), CancellationToken.None).GetAsyncEnumerator();
        await other.MoveNextAsync();

        await Assert.ThrowsAsync<GenerationFailedException>(() => CollectAsync(engine, 77, 5));

        var rest = 0;
        while (await other.MoveNextAsync())
        {
            rest++;
        }

        Assert.Equal(100, rest);
    }

    [Fact]
    public async Task Faults_ThreeInARow_TakeTheModelOutOfService()
    {
        await using var engine = await StartAsync();
        _decoder.OnPrefill = _ => ThrowIf(true);

        for (var fault = 0; fault < 3; fault++)
        {
            await Assert.ThrowsAsync<GenerationFailedException>(() => CollectAsync(engine, 10, 5));
        }

        var refused = await Assert.ThrowsAsync<EngineRefusalException>(() => CollectAsync(engine, 10, 5));
        Assert.Equal(EngineRefusalKind.OutOfService, refused.Refusal.Kind);
        Assert.Empty(engine.Capabilities.Models);
        Assert.Equal(0, engine.Statistics.FreeSlots);
    }

    [Fact]
    public async Task Measurement_ListenerThatThrows_EndsItsOwnAnswerOnly()
    {
        await using var engine = await StartAsync();
        await using var other = engine.GenerateAsync(Request(10, 100), CancellationToken.None).GetAsyncEnumerator();
        await other.MoveNextAsync();
        using (var listener = Listen("gen_ai.server.time_to_first_token", () => throw new InvalidOperationException("told to")))
        {
            var error = await Assert.ThrowsAsync<GenerationFailedException>(() => CollectAsync(engine, 20, 5));
            Assert.Equal(GenerationFailure.Backend, error.Failure);
        }

        var rest = 0;
        while (await other.MoveNextAsync())
        {
            rest++;
        }

        Assert.Equal(100, rest);
        Assert.Equal(5, await CollectAsync(engine, 20, 5));
    }

    [Fact]
    public async Task Measurement_ListenerThatThrowsOutsideOfAnswers_TakesOneModelOutOfServiceOnly()
    {
        await using var engine = await StartAsync();
        await engine.LoadAsync(new ModelReference("second", _files.Folder), null, CancellationToken.None);
        using (var listener = Listen("cocoon.engine.batch_size", () => throw new InvalidOperationException("told to")))
        {
            await Assert.ThrowsAsync<GenerationFailedException>(() => CollectAsync(engine, 20, 5));
        }

        Assert.Equal("second", Assert.Single(engine.Capabilities.Models).Name);
        Assert.Equal(4, engine.Statistics.FreeSlots);
    }

    [Fact]
    public async Task Load_CacheLargerThanTheMachine_IsRefusedWithTheOptionsToLower()
    {
        var options = new NativeEngineOptions { CacheTokens = 1_073_741_824 };
        await using var engine = new NativeEngine(options, _decoder, _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);

        var error = await Assert.ThrowsAsync<CocoonOrleans.Inference.Formats.ModelFormatException>(
            () => engine.LoadAsync(new ModelReference("tiny", _files.Folder), null, CancellationToken.None));

        Assert.Equal("max_position_embeddings", error.Field);
        Assert.Contains("MaximumContextTokens or CacheTokens", error.Message);
    }

    [Fact]
    public async Task Fault_WithOthersWaiting_LeavesNobodyHanging()
    {
        await using var engine = await StartAsync();
        _decoder.OnDecode = _ => ThrowIf(true);

        var answers = Enumerable.Range(0, 12).Select(_ => Record.ExceptionAsync(() => CollectAsync(engine, 10, 5)));

        Assert.All(await Task.WhenAll(answers), error => Assert.True(error is GenerationFailedException or EngineRefusalException, $"{error}"));
        await Eventually.EqualAsync(0, () => engine.Statistics.Running + engine.Statistics.Queued, "answers under way");
    }

    [Fact]
    public async Task Steps_OfManyAnswers_AreComputedTogether()
    {
        await using var engine = await StartAsync();
        var largest = 0;
        _decoder.OnDecode = ids => largest = Math.Max(largest, ids.Length);

        var counts = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => CollectAsync(engine, i * 20, 100)));

        Assert.All(counts, count => Assert.Equal(100, count));
        Assert.InRange(largest, 2, 4);
    }

    [Fact]
    public async Task Logits_NotANumberForOneAnswer_FailThatOneOnly()
    {
        // The embedding of "x" is no number, so whoever has it in the prompt gets no logits that are numbers.
        using var model = new TinyModel(weights => weights.Set("model.embed_tokens.weight", 'x' * 32, float.NaN));
        await using var engine = new NativeEngine(
            Options.Create(new NativeEngineOptions { Backend = NativeBackend.Torch, Slots = 4, Queue = 8 }), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("tiny", model.Folder), null, CancellationToken.None);
        async Task<Exception?> AnswerAsync(char prompt) => await Record.ExceptionAsync(() => CollectAsync(engine, prompt, 20));

        var errors = await Task.WhenAll(AnswerAsync('a'), AnswerAsync('x'), AnswerAsync('b'));

        Assert.Null(errors[0]);
        Assert.Equal(GenerationFailure.NotANumber, Assert.IsType<GenerationFailedException>(errors[1]).Failure);
        Assert.Null(errors[2]);
        Assert.Null(await AnswerAsync('c'));
    }

    [Theory]
    [InlineData(NativeBackend.Cpu)]
    [InlineData(NativeBackend.Torch)]
    public async Task Load_WeightsThatDoNotFit_AreNamed(NativeBackend backend)
    {
        await using var engine = new NativeEngine(Options.Create(new NativeEngineOptions { Backend = backend }), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        _files.WriteConfig(config => config["intermediate_size"] = 47);

        var error = await Assert.ThrowsAsync<CocoonOrleans.Inference.Formats.ModelFormatException>(
            () => engine.LoadAsync(new ModelReference("tiny", _files.Folder), null, CancellationToken.None));

        Assert.Equal("model.layers.0.mlp.gate_proj.weight", error.Field);
        Assert.Contains("[47, 32]", error.Message);
    }

    [Theory]
    [InlineData(NativeBackend.Cpu)]
    [InlineData(NativeBackend.Torch)]
    public async Task Load_UnknownTensor_IsNamed(NativeBackend backend)
    {
        using var model = new TinyModel(weights => weights.Add("model.layers.0.self_attn.q_norm.weight", [8], new float[8]));
        await using var engine = new NativeEngine(Options.Create(new NativeEngineOptions { Backend = backend }), _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);

        var error = await Assert.ThrowsAsync<CocoonOrleans.Inference.Formats.ModelFormatException>(
            () => engine.LoadAsync(new ModelReference("tiny", model.Folder), null, CancellationToken.None));

        Assert.Equal("model.layers.0.self_attn.q_norm.weight", error.Field);
    }

    private async Task<NativeEngine> StartAsync()
    {
        var engine = new NativeEngine(new NativeEngineOptions { Slots = 4, Queue = 8, EventsAhead = 4 }, _decoder, _meters, TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("tiny", _files.Folder), null, CancellationToken.None);
        return engine;
    }

    private MeterListener Listen(string instrumentName, Action measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == _meters && instrument.Name == instrumentName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => measured());
        listener.SetMeasurementEventCallback<int>((_, _, _, _) => measured());
        listener.Start();
        return listener;
    }

    private static GenerationRequest Request(int id, int tokens)
        => new() { Model = "tiny", PromptIds = new[] { id }, MaxCompletionTokens = tokens, Sampling = SamplingOptions.Greedy, StopIds = [] };

    private static async Task<int> CollectAsync(NativeEngine engine, int id, int tokens)
    {
        var count = 0;
        await foreach (var step in engine.GenerateAsync(Request(id, tokens), CancellationToken.None))
        {
            count += step is TokenGenerated ? 1 : 0;
        }

        return count;
    }

    private static void ThrowIf(bool condition)
    {
        if (condition)
        {
            throw new InvalidOperationException("told to");
        }
    }
}
