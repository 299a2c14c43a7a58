using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Grammars;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.Engines;

/// <summary>What every engine does, whatever is behind it. The engines under test have two slots and a queue of two.</summary>
public abstract class EngineContract : IAsyncLifetime, IDisposable
{
    private IInferenceEngine? _engine;
    private LoadedModel? _model;
    private SkipException? _absent;

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    protected IInferenceEngine Engine => _engine ?? throw NotStarted();

    private LoadedModel Model => _model ?? throw NotStarted();

    /// <summary>Starts an engine of two slots and a queue of two whose clock is <see cref="Time"/>.</summary>
    protected abstract IInferenceEngine Start();

    /// <summary>A folder that it loads. Its model has to be able to go on for 60 tokens.</summary>
    protected abstract string Folder { get; }

    /// <summary>Brings about what the engine needs before it starts.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>How a model in <see cref="Folder"/> is referred to.</summary>
    protected virtual ModelReference Reference(string name, string? manifestSha256 = null) => new(name, Folder, manifestSha256);

    /// <summary>Whether it computes logits itself, and so can check answers.</summary>
    protected virtual bool Audits => false;

    public abstract void Dispose();

    public async Task InitializeAsync()
    {
        try
        {
            await PrepareAsync();
            _engine = Start();
            _model = await Engine.LoadAsync(Reference("contract"), null, CancellationToken.None);
        }
        catch (SkipException absent)
        {
            // Each test says so itself: xunit takes a skip from tests only.
            _absent = absent;
        }
    }

    public async Task DisposeAsync()
    {
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Generate_UpToTheLimit_EndsWithLengthAndExactCounts()
    {
        var events = await CollectAsync(Request(12));

        Assert.Equal(12, events.OfType<TokenGenerated>().Count());
        var finished = Assert.IsType<GenerationFinished>(events[^1]);
        Assert.Equal(FinishReason.Length, finished.Reason);
        Assert.Equal(new GenerationUsage(PromptTokens: 3, CachedTokens: 0, CompletionTokens: 12), finished.Usage);
    }

    [SkippableFact]
    public async Task Generate_AllTexts_JoinToTheDecodedIds()
    {
        var events = await CollectAsync(Request(30) with { PromptIds = TextPrompt() });

        var ids = events.OfType<TokenGenerated>().Select(token => token.Id).ToArray();
        var whole = Model.Tokenizer.Decode([.. TextPrompt(), .. ids]);
        Assert.Equal(whole[Model.Tokenizer.Decode(TextPrompt()).Length..], string.Concat(events.Select(step => step.Text)));
    }

    [SkippableFact]
    public async Task Generate_StopString_EndsBeforeIt()
    {
        var whole = string.Concat((await CollectAsync(Request(30))).Select(step => step.Text));
        var stop = whole.Substring(whole.Length / 2, 2);

        var events = await CollectAsync(Request(30) with { StopStrings = [stop] });

        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], string.Concat(events.Select(step => step.Text)));
        Assert.Equal(FinishReason.Stop, Assert.IsType<GenerationFinished>(events[^1]).Reason);
    }

    [SkippableFact]
    public async Task Generate_StopId_EndsBeforeItAndDoesNotCountIt()
    {
        var ids = (await CollectAsync(Request(10))).OfType<TokenGenerated>().Select(token => token.Id).ToList();

        var events = await CollectAsync(Request(10) with { StopIds = [ids[5]] });

        var expected = ids.IndexOf(ids[5]);
        Assert.Equal(ids[..expected], events.OfType<TokenGenerated>().Select(token => token.Id));
        var finished = Assert.IsType<GenerationFinished>(events[^1]);
        Assert.Equal((FinishReason.Stop, expected), (finished.Reason, finished.Usage.CompletionTokens));
    }

    [SkippableFact]
    public async Task Generate_ContextFull_EndsWithLength()
    {
        var context = Model.ContextTokens;
        var prompt = Enumerable.Repeat(Prompt()[1], context - 5).ToArray();

        var events = await CollectAsync(Request(1000) with { PromptIds = prompt });

        var finished = Assert.IsType<GenerationFinished>(events[^1]);
        Assert.Equal((FinishReason.Length, 5), (finished.Reason, finished.Usage.CompletionTokens));
    }

    [SkippableFact]
    public async Task Generate_Grammar_IsKeptOrRefusedByName()
    {
        var request = Request(12) with { Grammar = Grammar.FromPattern("[0-9]{4}"), StopIds = [] };
        if (Engine.Capabilities.Kind != EngineKind.Native)
        {
            Assert.Equal((EngineRefusalKind.InvalidOption, nameof(request.Grammar)), (await RefusalAsync(request)) is var refusal ? (refusal.Kind, refusal.Field) : default);
            return;
        }

        var events = await CollectAsync(request);

        Assert.Matches("^[0-9]{4}$", string.Concat(events.Select(step => step.Text)));
        Assert.Equal(FinishReason.Stop, Assert.IsType<GenerationFinished>(events[^1]).Reason);
    }

    [SkippableFact]
    public async Task Generate_SeedGiven_IsReturned()
        => Assert.Equal(-7, Assert.IsType<GenerationFinished>((await CollectAsync(Request(3) with { Sampling = new() { Seed = -7 } }))[^1]).Seed);

    [SkippableFact]
    public async Task Generate_TheReturnedSeedAgain_GivesTheSameIds()
    {
        var first = await CollectAsync(Request(20) with { Sampling = SamplingOptions.Default });
        var seed = Assert.IsType<GenerationFinished>(first[^1]).Seed;

        var second = await CollectAsync(Request(20) with { Sampling = SamplingOptions.Default with { Seed = seed } });

        Assert.Equal(first, second);
    }

    [SkippableFact]
    public async Task Generate_SeveralAnswers_EachIsTheOneAloneWithItsSeed()
    {
        var request = Request(20) with { PromptIds = TextPrompt(), Sampling = new() { Seed = long.MaxValue - 1 } };

        var together = await CollectAsync(request with { Choices = 4 });

        Assert.Equal([0, 1, 2, 3], together.Select(step => step.Choice).Distinct().Order());
        foreach (var (choice, seed) in ((int, long)[])[(0, long.MaxValue - 1), (1, long.MaxValue), (2, long.MinValue), (3, long.MinValue + 1)])
        {
            var alone = await CollectAsync(request with { Sampling = new() { Seed = seed } });
            Assert.Equal(alone, together.Where(step => step.Choice == choice).Select(step => step with { Choice = 0 }));
        }
    }

    [SkippableFact]
    public async Task Generate_SeveralAnswersWithoutSeed_ReturnSeedsInARow()
    {
        var seeds = (await CollectAsync(Request(3) with { Sampling = new(), Choices = 3 })).OfType<GenerationFinished>().OrderBy(end => end.Choice).Select(end => end.Seed).ToList();

        Assert.Equal([seeds[0], seeds[0] + 1, seeds[0] + 2], seeds);
    }

    [SkippableFact]
    public async Task Generate_SeveralAnswersLeftEarly_FreeTheirSlots()
    {
        var answer = await BeginAsync(Request(60) with { Choices = 5 });

        await answer.DisposeAsync();

        await Eventually.EqualAsync(0, () => Engine.Statistics.Running + Engine.Statistics.Queued, "answers under way");
        Assert.Equal(60, (await CollectAsync(Request(60))).OfType<TokenGenerated>().Count());
    }

    [SkippableFact]
    public async Task Generate_SeveralAnswersPastTheirDeadline_FailWithTheCountsOfAll()
    {
        await using var answer = Engine.GenerateAsync(Request(60) with { Choices = 3, Deadline = Time.GetUtcNow().AddSeconds(30) }, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        var begun = new HashSet<int>();
        var tokens = 0;
        while (begun.Count < 2)
        {
            Assert.True(await answer.MoveNextAsync());
            begun.Add(answer.Current.Choice);
            tokens++;
        }

        Time.Advance(TimeSpan.FromSeconds(31));

        var error = await Assert.ThrowsAsync<GenerationFailedException>(() => RestAsync(answer));
        Assert.Equal(GenerationFailure.DeadlinePassed, error.Failure);
        Assert.InRange(error.Usage.CompletionTokens, tokens, 3 * 60);
        Assert.Equal(3, error.Usage.PromptTokens);
        await Eventually.EqualAsync(0, () => Engine.Statistics.Running, "running answers");
    }

    [SkippableFact]
    public async Task Generate_MoreThanSlots_AllAreAnswered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CollectAsync(Request(20))));

        Assert.All(answers, events => Assert.Equal(20, events.OfType<TokenGenerated>().Count()));
        await Eventually.EqualAsync(2, () => Engine.Statistics.FreeSlots, "free slots");
    }

    [SkippableFact]
    public async Task Generate_ReadersWhoStop_LetOthersGoOn()
    {
        await using var slow = await BeginAsync(Request(60));

        var events = await CollectAsync(Request(40));

        Assert.Equal(40, events.OfType<TokenGenerated>().Count());
        Assert.Equal(59 + 1, await RestAsync(slow));
    }

    [SkippableFact]
    public async Task Generate_LeftEarly_FreesItsSlot()
    {
        var answer = await BeginAsync(Request(60));
        Assert.Equal(1, Engine.Statistics.Running);

        await answer.DisposeAsync();

        await Eventually.EqualAsync(0, () => Engine.Statistics.Running, "running answers");
    }

    [SkippableFact]
    public async Task Generate_Cancelled_ThrowsAndFreesItsSlot()
    {
        using var cancellation = new CancellationTokenSource();
        await using var answer = await BeginAsync(Request(60), cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RestAsync(answer));
        await Eventually.EqualAsync(0, () => Engine.Statistics.Running, "running answers");
    }

    [SkippableFact]
    public async Task Generate_QueueFull_IsRefused()
    {
        await using var first = await BeginAsync(Request(60));
        await using var second = await BeginAsync(Request(60));
        var waiting = Enumerable.Range(0, 2).Select(_ => CollectAsync(Request(5))).ToList();
        await Eventually.EqualAsync(2, () => Engine.Statistics.Queued, "queued requests");

        var refusal = await RefusalAsync(Request(5));

        Assert.Equal(EngineRefusalKind.QueueFull, refusal.Kind);
        Assert.True(refusal.Retryable);
        await first.DisposeAsync();
        await second.DisposeAsync();
        Assert.All(await Task.WhenAll(waiting), events => Assert.Equal(5, events.OfType<TokenGenerated>().Count()));
    }

    [SkippableFact]
    public async Task Audit_AnswerOfItsOwn_IsConsistentOrRefusedForWhatTheEngineIs()
    {
        var request = Request(8);
        var ids = (await CollectAsync(request)).OfType<TokenGenerated>().Select(token => token.Id).ToArray();
        var audit = new AuditRequest { Request = request, CompletionIds = ids };
        if (Audits)
        {
            Assert.Equal(AuditVerdict.Consistent, (await Engine.AuditAsync(audit, CancellationToken.None)).Verdict);
            return;
        }

        var refusal = (await Assert.ThrowsAsync<EngineRefusalException>(() => Engine.AuditAsync(audit, CancellationToken.None))).Refusal;
        Assert.Equal((EngineRefusalKind.NotSupported, false), (refusal.Kind, refusal.Retryable));
    }

    [SkippableFact]
    public async Task Generate_UnknownModel_IsRefused()
        => Assert.Equal(EngineRefusalKind.UnknownModel, (await RefusalAsync(Request(5) with { Model = "other" })).Kind);

    [SkippableFact]
    public async Task Generate_ModelNamedByItsId_IsAnswered()
        => Assert.Equal(3, (await CollectAsync(Request(3) with { Model = Model.Id })).OfType<TokenGenerated>().Count());

    [SkippableFact]
    public async Task Embed_WithAModelThatGenerates_IsRefused()
    {
        var request = new EmbeddingRequest { Model = "contract", Inputs = [Prompt()] };

        var refusal = (await Assert.ThrowsAsync<EngineRefusalException>(() => Engine.EmbedAsync(request, CancellationToken.None))).Refusal;

        Assert.Equal((EngineRefusalKind.OtherTask, "Model"), (refusal.Kind, refusal.Field));
    }

    [SkippableFact]
    public async Task Generate_PromptThatFillsTheContext_IsRefused()
        => Assert.Equal(EngineRefusalKind.ContextTooLong, (await RefusalAsync(Request(5) with { PromptIds = new int[Model.ContextTokens] })).Kind);

    [SkippableFact]
    public async Task Generate_BadOptions_AreRefusedByName()
    {
        Assert.Equal("PromptIds", (await RefusalAsync(Request(5) with { PromptIds = Array.Empty<int>() })).Field);
        Assert.Equal("PromptIds", (await RefusalAsync(Request(5) with { PromptIds = new[] { -1 } })).Field);
        Assert.Equal("PromptIds", (await RefusalAsync(Request(5) with { PromptIds = new[] { int.MaxValue } })).Field);
        Assert.Equal("MaxCompletionTokens", (await RefusalAsync(Request(0))).Field);
        Assert.Equal("Choices", (await RefusalAsync(Request(5) with { Choices = 0 })).Field);
        Assert.Equal("Choices", (await RefusalAsync(Request(5) with { Choices = 9 })).Field);
        Assert.Equal("StopStrings", (await RefusalAsync(Request(5) with { StopStrings = [""] })).Field);
        Assert.Equal("StopIds", (await RefusalAsync(Request(5) with { StopIds = [-1] })).Field);
        Assert.Equal("Temperature", (await RefusalAsync(Request(5) with { Sampling = new() { Temperature = 3 } })).Field);
        Assert.Equal("Deadline", (await RefusalAsync(Request(5) with { Deadline = Time.GetUtcNow().AddDays(2) })).Field);
    }

    [SkippableFact]
    public async Task Generate_DeadlineInThePast_IsRefused()
        => Assert.Equal(EngineRefusalKind.DeadlinePassed, (await RefusalAsync(Request(5) with { Deadline = Time.GetUtcNow() })).Kind);

    [SkippableFact]
    public async Task Generate_DeadlineWhileWaiting_IsRefused()
    {
        await using var first = await BeginAsync(Request(60));
        await using var second = await BeginAsync(Request(60));
        var refusal = RefusalAsync(Request(5) with { Deadline = Time.GetUtcNow().AddSeconds(30) });
        await Eventually.EqualAsync(1, () => Engine.Statistics.Queued, "queued requests");

        Time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(EngineRefusalKind.DeadlinePassed, (await refusal).Kind);
    }

    [SkippableFact]
    public async Task Generate_DeadlineOnTheWay_FailsWithTheCountsSoFar()
    {
        await using var answer = await BeginAsync(Request(60) with { Deadline = Time.GetUtcNow().AddSeconds(30) });

        Time.Advance(TimeSpan.FromSeconds(31));

        var error = await Assert.ThrowsAsync<GenerationFailedException>(() => RestAsync(answer));
        Assert.Equal(GenerationFailure.DeadlinePassed, error.Failure);
        Assert.InRange(error.Usage.CompletionTokens, 1, 59);
        await Eventually.EqualAsync(0, () => Engine.Statistics.Running, "running answers");
    }

    [SkippableFact]
    public async Task Dispose_WhileAnswering_FailsTheAnswerAndRefusesTheNext()
    {
        await using var answer = await BeginAsync(Request(60));

        await Engine.DisposeAsync();

        var error = await Assert.ThrowsAsync<GenerationFailedException>(() => RestAsync(answer));
        Assert.Equal(GenerationFailure.EngineStopped, error.Failure);
        Assert.Equal(EngineRefusalKind.OutOfService, (await RefusalAsync(Request(5))).Kind);
    }

    [SkippableFact]
    public async Task Load_SameModelAgain_GivesTheLoadedOne()
    {
        Skip.If(_model is null, "the model's files are absent");

        Assert.Same(Model, await Engine.LoadAsync(Reference("contract", Model.ManifestSha256), null, CancellationToken.None));
        Assert.Same(Model, Assert.Single(Engine.Capabilities.Models));
    }

    [SkippableFact]
    public async Task Load_OtherContentThanExpected_IsRefused()
    {
        Skip.If(_model is null, "the model's files are absent");

        var error = await Assert.ThrowsAsync<CocoonOrleans.Inference.Formats.ModelFormatException>(
            () => Engine.LoadAsync(Reference("other", new string('0', 64)), null, CancellationToken.None));

        Assert.Equal("manifest", error.Field);
    }

    protected int[] Prompt()
    {
        Skip.If(_model is null, "the model's files are absent");
        return [.. Enumerable.Repeat(Model.Tokenizer.Encode("a", addSpecialTokens: false)[^1], 3)];
    }

    private int[] TextPrompt()
    {
        Skip.If(_model is null, "the model's files are absent");
        return Model.Tokenizer.Encode("Once", addSpecialTokens: false);
    }

    private Exception NotStarted() => _absent ?? (Exception)new InvalidOperationException("not started");

    /// <summary>Greedy, and no token ends it.</summary>
    protected GenerationRequest Request(int tokens) => new()
    {
        Model = "contract",
        PromptIds = Prompt(),
        MaxCompletionTokens = tokens,
        Sampling = SamplingOptions.Greedy,
        StopIds = [],
    };

    protected async Task<List<GenerationEvent>> CollectAsync(GenerationRequest request)
    {
        var events = new List<GenerationEvent>();
        await foreach (var step in Engine.GenerateAsync(request, CancellationToken.None))
        {
            events.Add(step);
        }

        return events;
    }

    /// <summary>An answer of which the first event was read.</summary>
    private async Task<IAsyncEnumerator<GenerationEvent>> BeginAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        var answer = Engine.GenerateAsync(request, cancellationToken).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await answer.MoveNextAsync());
        return answer;
    }

    private static async Task<int> RestAsync(IAsyncEnumerator<GenerationEvent> answer)
    {
        var events = 0;
        while (await answer.MoveNextAsync())
        {
            events++;
        }

        return events;
    }

    private async Task<EngineRefusal> RefusalAsync(GenerationRequest request)
        => (await Assert.ThrowsAsync<EngineRefusalException>(() => CollectAsync(request))).Refusal;
}
