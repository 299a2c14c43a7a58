using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Inference.Native;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>Embeddings among other work: in pieces, ended in the middle, and failing.</summary>
public sealed class NativeEngineEmbeddingTests : IDisposable
{
    private readonly TestMeters _meters = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(NativeBackend.Torch)]
    [InlineData(NativeBackend.Cpu)]
    public async Task Embed_WeightThatIsNoNumber_FailsAndSaysSo(NativeBackend backend)
    {
        using var model = new TinyEncoder(change: weights => weights.Set("encoder.layer.1.output.LayerNorm.bias", 3, float.NaN));
        await using var engine = Start(backend);
        await engine.LoadAsync(new ModelReference("m", model.Folder), null, CancellationToken.None);

        var error = await Assert.ThrowsAsync<GenerationFailedException>(() => engine.EmbedAsync(Request([5, 6], [7]), CancellationToken.None));

        Assert.Equal((GenerationFailure.NotANumber, 3), (error.Failure, error.Usage.PromptTokens));
        await Eventually.EqualAsync(0, () => engine.Statistics.Running, "running inputs");
    }

    [Fact]
    public async Task Embed_CpuWithAnyThreadsAndKernels_GivesTheSameBits()
    {
        using var model = new TinyEncoder();
        var results = new List<IReadOnlyList<float[]>>();
        foreach (var (threads, slots) in ((int, int)[])[(1, 1), (2, 8), (3, 3)])
        {
            await using var engine = Start(NativeBackend.Cpu, threads, slots);
            await engine.LoadAsync(new ModelReference("m", model.Folder), null, CancellationToken.None);
            results.Add((await engine.EmbedAsync(Request([5, 6, 7, 8], [9], [10, 11, 12, 13, 14, 15], [16, 17]), CancellationToken.None)).Vectors);
        }

        Assert.All(results, vectors => Assert.Equal(results[0], vectors));
    }

    [Fact]
    public async Task Embed_BesideAnAnswer_TakesOneLayerBetweenTwoOfItsTokens()
    {
        using var encoder = new TinyEncoder();
        using var decoder = new TinyModel();
        var transformer = new WatchedFactory();
        await using var engine = new NativeEngine(new NativeEngineOptions { Slots = 2 }, transformer, _meters, _time, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("m", encoder.Folder), null, CancellationToken.None);
        await engine.LoadAsync(new ModelReference("chat", decoder.Folder), null, CancellationToken.None);
        transformer.Work.Clear();
        var generation = new GenerationRequest { Model = "chat", PromptIds = new[] { 1, 2 }, MaxCompletionTokens = 40, Sampling = SamplingOptions.Greedy, StopIds = [] };
        await using var answer = engine.GenerateAsync(generation, CancellationToken.None).GetAsyncEnumerator();
        using var both = new ManualResetEventSlim();
        transformer.OnWork = both.Wait;
        var first = answer.MoveNextAsync();
        var embedding = engine.EmbedAsync(Request([5, 6, 7], [8, 9]), CancellationToken.None);
        both.Set();

        await embedding;
        Assert.True(await first);
        while (await answer.MoveNextAsync())
        {
        }

        // One embedding of tokens and a layer at a time, and never two of them without the answer's step in between.
        var work = string.Concat(transformer.Work);
        Assert.Contains("edededed", work, StringComparison.Ordinal);
        Assert.DoesNotContain("ee", work[..(work.LastIndexOf('d') + 1)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_CancelledInTheMiddleOfAPass_EndsThere()
    {
        using var encoder = new TinyEncoder();
        using var cancellation = new CancellationTokenSource();
        var transformer = new WatchedFactory();
        await using var engine = new NativeEngine(new NativeEngineOptions { Slots = 2 }, transformer, _meters, _time, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("m", encoder.Folder), null, CancellationToken.None);
        transformer.Work.Clear();
        transformer.OnWork = cancellation.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.EmbedAsync(Request([5, 6, 7], [8, 9], [10]), cancellation.Token));

        transformer.OnWork = null;
        await Eventually.EqualAsync(0, () => engine.Statistics.Running, "running inputs");
        Assert.Equal("ea", string.Concat(transformer.Work));

        // Whoever comes next finds nothing of it.
        var vector = (await engine.EmbedAsync(Request([5, 6, 7]), CancellationToken.None)).Vectors[0];
        await using var fresh = Start(NativeBackend.Cpu);
        await fresh.LoadAsync(new ModelReference("m", encoder.Folder), null, CancellationToken.None);
        Assert.Equal((await fresh.EmbedAsync(Request([5, 6, 7]), CancellationToken.None)).Vectors[0], vector);
    }

    [Fact]
    public async Task Embed_DeadlineInTheMiddleOfAPass_EndsThere()
    {
        using var encoder = new TinyEncoder();
        var transformer = new WatchedFactory();
        await using var engine = new NativeEngine(new NativeEngineOptions { Slots = 2 }, transformer, _meters, _time, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("m", encoder.Folder), null, CancellationToken.None);
        transformer.Work.Clear();
        transformer.OnWork = () => _time.Advance(TimeSpan.FromSeconds(31));

        var error = await Assert.ThrowsAsync<EngineRefusalException>(
            () => engine.EmbedAsync(Request([5, 6, 7]) with { Deadline = _time.GetUtcNow().AddSeconds(30) }, CancellationToken.None));

        Assert.Equal(EngineRefusalKind.DeadlinePassed, error.Refusal.Kind);
        await Eventually.EqualAsync(0, () => engine.Statistics.Running, "running inputs");
        Assert.Equal("ea", string.Concat(transformer.Work));
    }

    /// <summary>Each part of a pass takes a tenth of a second here.</summary>
    [Fact]
    public async Task Embed_DeadlineTooShortForThePass_IsRefusedWithoutComputing()
    {
        using var encoder = new TinyEncoder();
        var transformer = new WatchedFactory();
        await using var engine = new NativeEngine(new NativeEngineOptions { Slots = 2 }, transformer, _meters, _time, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("m", encoder.Folder), null, CancellationToken.None);
        transformer.Work.Clear();
        transformer.OnWork = () => _time.Advance(TimeSpan.FromMilliseconds(100));
        int[] input = [.. Enumerable.Range(5, 20)];
        EmbeddingRequest Within(TimeSpan time) => Request(input) with { Deadline = _time.GetUtcNow() + time };
        await engine.EmbedAsync(Request(input), CancellationToken.None);
        var pass = TimeSpan.FromMilliseconds(100 * transformer.Work.Count);
        transformer.Work.Clear();

        // What the whole pass took counts, and half of it is given the benefit of the doubt.
        var refused = await Assert.ThrowsAsync<EngineRefusalException>(() => engine.EmbedAsync(Within(pass * 0.45), CancellationToken.None));

        Assert.Equal(EngineRefusalKind.DeadlineTooShort, refused.Refusal.Kind);
        Assert.Empty(transformer.Work);
        Assert.Single((await engine.EmbedAsync(Within(pass * 1.1), CancellationToken.None)).Vectors);
    }

    [Fact]
    public async Task Embed_OneInputThatCantBeComputed_FailsItsRequestAlone()
    {
        using var encoder = new TinyEncoder();
        var transformer = new WatchedFactory { Poison = 66 };
        await using var engine = new NativeEngine(new NativeEngineOptions { Slots = 8 }, transformer, _meters, _time, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("m", encoder.Folder), null, CancellationToken.None);

        var bad = engine.EmbedAsync(Request([5], [66]), CancellationToken.None);
        var good = engine.EmbedAsync(Request([5], [6]), CancellationToken.None);

        Assert.Equal(GenerationFailure.Backend, (await Assert.ThrowsAsync<GenerationFailedException>(() => bad)).Failure);
        Assert.Equal(2, (await good).Vectors.Count);
        await Eventually.EqualAsync(8, () => engine.Statistics.FreeSlots, "free slots");
    }

    [Fact]
    public async Task Queued_EmbeddingsOfManyInputs_CountsRequests()
    {
        using var encoder = new TinyEncoder();
        using var gate = new ManualResetEventSlim();
        var transformer = new WatchedFactory();
        await using var engine = new NativeEngine(new NativeEngineOptions { Slots = 4, Queue = 8 }, transformer, _meters, _time, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("m", encoder.Folder), null, CancellationToken.None);
        transformer.OnWork = gate.Wait;
        var inputs = Enumerable.Range(0, 30).Select(i => (int[])[5, 6, 7 + i]).ToArray();
        var first = engine.EmbedAsync(Request(inputs), CancellationToken.None);
        await Eventually.EqualAsync(4, () => engine.Statistics.Running, "inputs under way");

        var others = Enumerable.Range(0, 3).Select(_ => engine.EmbedAsync(Request(inputs), CancellationToken.None)).ToList();

        await Eventually.EqualAsync(3, () => engine.Statistics.Queued, "requests that wait");
        gate.Set();
        await Task.WhenAll([first, .. others]);
        await Eventually.EqualAsync(0, () => engine.Statistics.Running + engine.Statistics.Queued, "requests");
    }

    [Fact]
    public async Task Load_EncoderWithALongSentenceFile_TakesItsLength()
    {
        using var model = new TinyEncoder();
        File.WriteAllText(model.PathOf("sentence_bert_config.json"), """{"max_seq_length": 20, "do_lower_case": false}""");
        await using var engine = Start(NativeBackend.Cpu);

        var loaded = await engine.LoadAsync(new ModelReference("m", model.Folder), null, CancellationToken.None);

        Assert.Equal((20, TinyEncoder.Hidden), (loaded.ContextTokens, loaded.EmbeddingSize));
        Assert.Equal(ModelFolder.Read(model.Folder).Weights.Where(pair => !pair.Key.StartsWith("pooler", StringComparison.Ordinal) && !pair.Key.EndsWith("position_ids", StringComparison.Ordinal)).Sum(pair => (long)pair.Value.Values.Length), loaded.Parameters);
    }

    [Fact]
    public async Task Load_OddHeadsOnOurKernels_AreRefusedByName()
    {
        using var model = new TinyEncoder();
        model.WriteConfig(config => config["num_attention_heads"] = 32);
        await using var engine = Start(NativeBackend.Cpu);

        var error = await Assert.ThrowsAsync<ModelFormatException>(() => engine.LoadAsync(new ModelReference("m", model.Folder), null, CancellationToken.None));

        Assert.Equal(("config.json", "num_attention_heads"), (error.File, error.Field));
    }

    private NativeEngine Start(NativeBackend backend, int threads = 1, int slots = 4)
        => new(Options.Create(new NativeEngineOptions { Backend = backend, Threads = threads, Slots = slots }), _meters, _time, NullLogger<NativeEngine>.Instance);

    private static EmbeddingRequest Request(params int[][] inputs) => new() { Model = "m", Inputs = [.. inputs.Select(input => (ReadOnlyMemory<int>)input)] };

    /// <summary>Our own kernels, and a list of what was computed: e for a part of an encoder's pass, d for a decoder's step, a for a pass that was given up.</summary>
    private sealed class WatchedFactory : IDecoderFactory
    {
        private readonly CpuDecoderFactory _inner = new(new NativeEngineOptions { Backend = NativeBackend.Cpu });

        public List<char> Work { get; } = [];

        public Action? OnWork { get; set; }

        /// <summary>An id that can't be computed.</summary>
        public int? Poison { get; init; }

        public ITransformer Make(ModelFolder model, int contextTokens, int blocks) => new Watched(this, _inner.Make(model, contextTokens, blocks));

        public void Dispose() => _inner.Dispose();

        private sealed class Watched(WatchedFactory factory, ITransformer inner) : ITransformer
        {
            public int VocabularySize => inner.VocabularySize;

            public int RowSize => inner.RowSize;

            public int ContextTokens => inner.ContextTokens;

            public int Blocks => inner.Blocks;

            public bool IsCausal => inner.IsCausal;

            public bool Continue(StepBatch batch, Span<float> rows)
            {
                factory.Work.Add(inner.IsCausal ? 'd' : 'e');
                factory.OnWork?.Invoke();
                return factory.Poison is { } id && batch.Ids.Contains(id) ? throw new InvalidOperationException("poison") : inner.Continue(batch, rows);
            }

            public void Abandon()
            {
                factory.Work.Add('a');
                inner.Abandon();
            }

            public void Clear(int block) => inner.Clear(block);

            public void Dispose() => inner.Dispose();
        }
    }
}
