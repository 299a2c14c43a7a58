using CocoonOrleans.Inference.Engines;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.Engines;

/// <summary>What every engine does with a model that makes embeddings, whatever is behind it. The engines under test have two slots and a queue of two.</summary>
public abstract class EmbeddingContract : IAsyncLifetime, IDisposable
{
    private IInferenceEngine? _engine;
    private LoadedModel? _model;

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    protected IInferenceEngine Engine => _engine ?? throw new InvalidOperationException("not started");

    protected LoadedModel Model => _model ?? throw new InvalidOperationException("not started");

    /// <summary>How far numbers of one input may be apart in two batches.</summary>
    protected virtual double Tolerance => 0;

    private int Size => Model.EmbeddingSize ?? throw new InvalidOperationException("The model makes no embeddings.");

    /// <summary>Starts an engine of two slots and a queue of two whose clock is <see cref="Time"/>.</summary>
    protected abstract IInferenceEngine Start();

    /// <summary>The model that it loads.</summary>
    protected abstract ModelReference Reference(string name);

    /// <summary>Brings about what the engine needs before it starts.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    public abstract void Dispose();

    public async Task InitializeAsync()
    {
        await PrepareAsync();
        _engine = Start();
        _model = await Engine.LoadAsync(Reference("contract"), null, CancellationToken.None);
    }

    public virtual async Task DisposeAsync() => await Engine.DisposeAsync();

    [Fact]
    public async Task Embed_SeveralInputs_GivesAVectorOfLengthOneForEachInTheirOrder()
    {
        int[][] inputs = [[5, 6, 7], [8], [5, 6, 7], [9, 10, 11, 12]];

        var result = await Engine.EmbedAsync(Request(inputs), CancellationToken.None);

        Assert.Equal((4, 11), (result.Vectors.Count, result.PromptTokens));
        Assert.All(result.Vectors, vector => Assert.Equal((Size, 1.0), (vector.Length, Math.Round(Length(vector), 5))));
        AssertSame(result.Vectors[0], result.Vectors[2], Tolerance);
        Assert.True(Likeness(result.Vectors[0], result.Vectors[1]) < 0.999);
        Assert.True(Likeness(result.Vectors[0], result.Vectors[3]) < 0.999);
    }

    [Fact]
    public async Task Embed_AnInput_HasTheSameVectorAloneAndAmongOthers()
    {
        var alone = Assert.Single((await Engine.EmbedAsync(Request([20, 21, 22, 23]), CancellationToken.None)).Vectors);
        var random = new Random(3);

        var among = await Engine.EmbedAsync(
            Request([.. Enumerable.Range(0, 40).Select(i => i == 17 ? (int[])[20, 21, 22, 23] : [.. Enumerable.Range(0, 1 + random.Next(30)).Select(_ => random.Next(5, 60))])]), CancellationToken.None);

        AssertSame(alone, among.Vectors[17], Tolerance);
    }

    [Fact]
    public async Task Embed_FewerDimensions_AreTheFirstOnesBroughtToLengthOne()
    {
        var whole = (await Engine.EmbedAsync(Request([5, 6, 7]), CancellationToken.None)).Vectors[0];

        var cut = (await Engine.EmbedAsync(Request([5, 6, 7]) with { Dimensions = 3 }, CancellationToken.None)).Vectors[0];

        var length = Length(whole[..3]);
        AssertSame([.. whole[..3].Select(number => (float)(number / length))], cut, 1e-6);
    }

    [Fact]
    public async Task Embed_ManyRequestsAtOnce_AllAreAnsweredOrTheQueueIsFull()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Engine.EmbedAsync(Request([5, 6, 7 + i], [8, 9]), CancellationToken.None)));

        Assert.All(answers, answer => Assert.Equal(2, answer.Vectors.Count));
        await Eventually.EqualAsync(2, () => Engine.Statistics.FreeSlots, "free slots");
    }

    [Fact]
    public async Task Embed_InputAsLongAsTheContext_IsTaken()
        => Assert.Single((await Engine.EmbedAsync(Request(Enumerable.Repeat(7, Model.ContextTokens).ToArray()), CancellationToken.None)).Vectors);

    [Fact]
    public async Task Embed_InputLongerThanTheContext_IsRefusedByItsIndex()
    {
        var refusal = await RefusalAsync(Request([5], new int[Model.ContextTokens + 1]));

        Assert.Equal((EngineRefusalKind.ContextTooLong, "Inputs[1]"), (refusal.Kind, refusal.Field));
    }

    [Fact]
    public async Task Embed_BadRequests_AreRefusedByName()
    {
        Assert.Equal("Inputs", (await RefusalAsync(Request())).Field);
        Assert.Equal("Inputs", (await RefusalAsync(Request([.. Enumerable.Repeat((int[])[5], 2049)]))).Field);
        Assert.Equal("Inputs[1]", (await RefusalAsync(Request([5], []))).Field);
        Assert.Equal("Inputs[2]", (await RefusalAsync(Request([5], [6], [-1]))).Field);
        Assert.Equal("Inputs[1]", (await RefusalAsync(Request([5], [int.MaxValue]))).Field);
        Assert.Equal("Dimensions", (await RefusalAsync(Request([5]) with { Dimensions = Size + 1 })).Field);
        Assert.Equal("Dimensions", (await RefusalAsync(Request([5]) with { Dimensions = 0 })).Field);
        Assert.Equal("Deadline", (await RefusalAsync(Request([5]) with { Deadline = Time.GetUtcNow().AddDays(2) })).Field);
        Assert.Equal("Tenant", (await RefusalAsync(Request([5]) with { Tenant = "" })).Field);
    }

    [Fact]
    public async Task Embed_UnknownModel_IsRefused()
        => Assert.Equal(EngineRefusalKind.UnknownModel, (await RefusalAsync(Request([5]) with { Model = "other" })).Kind);

    [Fact]
    public async Task Embed_ModelNamedByItsId_IsAnswered()
        => Assert.Single((await Engine.EmbedAsync(Request([5]) with { Model = Model.Id }, CancellationToken.None)).Vectors);

    [Fact]
    public async Task Embed_DeadlineInThePast_IsRefused()
        => Assert.Equal(EngineRefusalKind.DeadlinePassed, (await RefusalAsync(Request([5]) with { Deadline = Time.GetUtcNow() })).Kind);

    [Fact]
    public async Task Embed_Cancelled_ThrowsAndFreesItsSlot()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Engine.EmbedAsync(Request([5], [6]), new CancellationToken(canceled: true)));

        await Eventually.EqualAsync(2, () => Engine.Statistics.FreeSlots, "free slots");
        Assert.Equal(0, Engine.Statistics.Queued);
    }

    [Fact]
    public async Task Generate_WithAModelThatEmbeds_IsRefused()
    {
        var request = new GenerationRequest { Model = "contract", PromptIds = new[] { 5 }, MaxCompletionTokens = 1 };

        var refusal = (await Assert.ThrowsAsync<EngineRefusalException>(async () => await Engine.GenerateAsync(request, CancellationToken.None).GetAsyncEnumerator().MoveNextAsync())).Refusal;

        Assert.Equal((EngineRefusalKind.OtherTask, "Model", false), (refusal.Kind, refusal.Field, refusal.Retryable));
    }

    [Fact]
    public async Task Dispose_ThenEmbed_IsRefused()
    {
        await Engine.DisposeAsync();

        Assert.Equal(EngineRefusalKind.OutOfService, (await RefusalAsync(Request([5]))).Kind);
    }

    protected static EmbeddingRequest Request(params int[][] inputs) => new() { Model = "contract", Inputs = [.. inputs.Select(input => (ReadOnlyMemory<int>)input)] };

    protected async Task<EngineRefusal> RefusalAsync(EmbeddingRequest request)
        => (await Assert.ThrowsAsync<EngineRefusalException>(() => Engine.EmbedAsync(request, CancellationToken.None))).Refusal;

    private static double Length(float[] vector) => Math.Sqrt(vector.Sum(number => (double)number * number));

    private static double Likeness(float[] one, float[] other) => one.Zip(other, (a, b) => (double)a * b).Sum();

    private static void AssertSame(float[] expected, float[] actual, double tolerance)
        => Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
}
