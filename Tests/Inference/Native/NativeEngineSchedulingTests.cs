using System.Diagnostics.Metrics;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Native;
using CocoonOrleans.Inference.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Inference.Native;

/// <summary>Who is computed when, and where. The decoder checks with each step that every position lies where it was stored.</summary>
public sealed class NativeEngineSchedulingTests : IDisposable
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
    public async Task Generate_SameTenantAndBeginning_ComputesOnlyTheRest()
    {
        await using var engine = await StartAsync();
        int[] prompt = [.. Enumerable.Range(0, 100)];

        var first = await AnswerAsync(engine, prompt, 10, tenant: "a");
        _decoder.Steps.Clear();
        var second = await AnswerAsync(engine, [.. prompt[..90], 200, 201], 10, tenant: "a");

        Assert.Equal((100, 0, 10), Counts(first));
        Assert.Equal((92, 80, 10), Counts(second));
        Assert.Equal(12, _decoder.Steps[0]);
        Assert.Equal(Expected(201, 10), second.Ids);
    }

    [Fact]
    public async Task Generate_WholePromptCached_ComputesItsLastTokenOnly()
    {
        await using var engine = await StartAsync();
        int[] prompt = [.. Enumerable.Range(0, 97)];

        await AnswerAsync(engine, prompt, 1, tenant: "a");
        _decoder.Steps.Clear();
        var again = await AnswerAsync(engine, prompt, 1, tenant: "a");

        Assert.Equal((97, 96, 1), Counts(again));
        Assert.Equal([1], _decoder.Steps);
    }

    [Fact]
    public async Task Generate_OtherTenantOrNone_FindsNothing()
    {
        await using var engine = await StartAsync();
        int[] prompt = [.. Enumerable.Range(0, 100)];
        await AnswerAsync(engine, prompt, 2, tenant: "a");

        Assert.Equal((100, 0, 2), Counts(await AnswerAsync(engine, prompt, 2, tenant: "b")));
        Assert.Equal((100, 0, 2), Counts(await AnswerAsync(engine, prompt, 2, tenant: null)));
        Assert.Equal((100, 0, 2), Counts(await AnswerAsync(engine, prompt, 2, tenant: null)));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(null)]
    public async Task Generate_SeveralAnswers_ComputeThePromptOnce(string? tenant)
    {
        await using var engine = await StartAsync();

        var events = await CollectAsync(engine, Request([.. Enumerable.Range(0, 100)], 10, tenant) with { Choices = 4 });

        // The whole prompt; then the first answer's next token beside what is left of the prompt behind its last full block, once for each other answer.
        Assert.Equal([100, 1 + (3 * 4), 4, 4, 4, 4, 4, 4, 4, 4, 3], _decoder.Steps);
        Assert.All(events.OfType<GenerationFinished>(), end => Assert.Equal(new GenerationUsage(100, 0, 10), end.Usage));
    }

    [Theory]
    [InlineData("a")]
    [InlineData(null)]
    public async Task Generate_MoreAnswersThanSlots_ComputeThePromptOnceAllTheSame(string? tenant)
    {
        await using var engine = await StartAsync(options => options.Slots = 1);

        var events = await CollectAsync(engine, Request([.. Enumerable.Range(0, 100)], 10, tenant) with { Choices = 4 });

        Assert.Equal([100, 4, 4, 4], _decoder.Steps.Where(rows => rows > 1));
        Assert.Equal(40, events.OfType<TokenGenerated>().Count());
    }

    /// <summary>Neither of the prompt nor of answers that gave their places up in between, whether they end or are cancelled.</summary>
    [Theory]
    [InlineData(100, 10, 2, false)]
    [InlineData(20, 60, 2, false)]
    [InlineData(20, 60, 3, true)]
    public async Task Generate_SeveralAnswersWithoutTenant_LeaveNothingInTheCache(int prompt, int tokens, int slots, bool leaves)
    {
        await using var engine = await StartAsync(options => (options.Slots, options.EventsAhead) = (slots, leaves ? 40 : 64));
        await using var answers = engine.GenerateAsync(Request([.. Enumerable.Range(0, prompt)], tokens, null) with { Choices = 4 }, CancellationToken.None).GetAsyncEnumerator();
        for (var seen = 0; (!leaves || seen < 40) && await answers.MoveNextAsync(); seen++)
        {
        }

        // Takes places of further answers, which have blocks of their own by now.
        await Task.WhenAll(Enumerable.Range(0, slots - 1).Select(i => AnswerAsync(engine, [50 + i], 5, null)));
        await answers.DisposeAsync();

        await Eventually.EqualAsync(0, () => engine.Statistics.Running + engine.Statistics.Queued, "answers under way");
        await Eventually.EqualAsync(0, () => _decoder.Stored, "positions that are stored");
    }

    /// <summary>Three answers grow until the cache has room for two, and then nobody reads them.</summary>
    [Fact]
    public async Task Generate_RequestBesideOneWhoseAnswersFillTheCache_HasRoomAtOnce()
    {
        await using var engine = await StartAsync(options => (options.Slots, options.CacheTokens, options.EventsAhead) = (8, 128, 40));
        await using var several = engine.GenerateAsync(Request([10], 60, "a") with { Choices = 3 }, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await several.MoveNextAsync());
        await Eventually.EqualAsync(2, () => engine.Statistics.Running, "answers with a place");

        Assert.Equal(Expected(39, 5), (await AnswerAsync(engine, [.. Enumerable.Range(0, 40)], 5, "b")).Ids);

        var tokens = 1;
        while (await several.MoveNextAsync())
        {
            tokens += several.Current is TokenGenerated ? 1 : 0;
        }

        Assert.Equal(3 * 60, tokens);
    }

    /// <summary>Answers of a request that has begun don't wait behind requests that came later.</summary>
    [Fact]
    public async Task Generate_SeveralAnswersInOneSlot_GoBeforeLaterRequestsOfTheTenant()
    {
        await using var engine = await StartAsync(options => options.Slots = 1);
        using var gate = new ManualResetEventSlim();
        var order = new List<int>();
        _decoder.OnPrefill = prompt =>
        {
            order.Add(prompt[0]);
            gate.Wait();
        };
        var several = CollectAsync(engine, Request([1, 2, 3], 5, "a") with { Choices = 3 });
        await Eventually.EqualAsync(1, () => engine.Statistics.Running, "running");
        var later = CollectAsync(engine, Request([9, 2, 3], 5, "a"));
        await Eventually.EqualAsync(1, () => engine.Statistics.Queued, "queued");

        gate.Set();
        await Task.WhenAll(several, later);

        Assert.Equal([1, 1, 1, 9], order);
    }

    /// <summary>Whoever sells the engine's slots counts requests: each has a place at once, though another's many answers hold all of them, and these lose nothing.</summary>
    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData(null)]
    public async Task Generate_RequestBesideOneWithAnAnswerInEverySlot_HasAPlaceAtOnce(string? tenant)
    {
        const int Slots = 3;
        const int Answers = 8;
        await using var engine = await StartAsync(options => (options.Slots, options.EventsAhead) = (Slots, 4));
        await using var several = engine.GenerateAsync(Request([10], 60, "a") with { Choices = Answers }, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await several.MoveNextAsync());
        var seen = new List<GenerationEvent> { several.Current };
        await Eventually.EqualAsync(Slots, () => engine.Statistics.Running, "answers with a place");

        // Nobody reads the many answers, so none of them ends.
        var others = await Task.WhenAll(Enumerable.Range(0, Slots - 1).Select(i => AnswerAsync(engine, [50 + i], 5, tenant)));

        Assert.Equal([Expected(50, 5), Expected(51, 5)], others.Select(other => other.Ids));
        while (await several.MoveNextAsync())
        {
            seen.Add(several.Current);
        }

        var answers = seen.OfType<TokenGenerated>().ToLookup(token => token.Choice, token => token.Id);
        Assert.Equal(Answers, answers.Count);
        Assert.All(answers, answer => Assert.Equal(Expected(10, 60), answer));
    }

    [Fact]
    public async Task Generate_NoTenant_LeavesNothingInTheCache()
    {
        await using var engine = await StartAsync();

        await AnswerAsync(engine, [.. Enumerable.Range(0, 100)], 10, tenant: null);
        await Eventually.EqualAsync(0, () => engine.Statistics.Running, "answers under way");
        Assert.Equal(0, _decoder.Stored);
    }

    [Fact]
    public async Task Generate_LongPromptBesideAnAnswer_GoesOnInPieces()
    {
        await using var engine = await StartAsync(options => options.StepTokens = 16);
        await using var answer = engine.GenerateAsync(Request([10], 100, null), CancellationToken.None).GetAsyncEnumerator();
        await answer.MoveNextAsync();
        _decoder.Steps.Clear();

        var prompted = AnswerAsync(engine, [.. Enumerable.Range(0, 110)], 5, tenant: null);
        while (await answer.MoveNextAsync())
        {
        }

        Assert.Equal(Expected(109, 5), (await prompted).Ids);
        Assert.All(_decoder.Steps, rows => Assert.InRange(rows, 1, 17));
        Assert.True(_decoder.Steps.Count(rows => rows >= 16) >= 6, string.Join(' ', _decoder.Steps));
    }

    [Fact]
    public async Task Generate_CacheTooSmallForAll_AnswersAllByComputingSomeAgain()
    {
        var preemptions = 0;
        using var listener = Count("cocoon.engine.preemptions", () => Interlocked.Increment(ref preemptions));
        await using var engine = await StartAsync(options => options.CacheTokens = 160);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AnswerAsync(engine, [.. Enumerable.Range(i, 20)], 100, tenant: $"{i % 3}")));

        for (var i = 0; i < answers.Length; i++)
        {
            Assert.Equal(Expected(i + 19, 100), answers[i].Ids);
        }

        Assert.True(preemptions > 0);
    }

    [Fact]
    public async Task Generate_TenantWithManyRequests_DoesNotHoldUpAnother()
    {
        await using var engine = await StartAsync(options => options.Slots = 1);
        using var gate = new ManualResetEventSlim();
        var begun = new List<int>();
        _decoder.OnPrefill = prompt =>
        {
            begun.Add(prompt[0]);
            gate.Wait();
        };
        var many = Enumerable.Range(0, 6).Select(_ => AnswerAsync(engine, [1, 2, 3], 20, "many")).ToList();
        await Eventually.EqualAsync(6, () => engine.Statistics.Running + engine.Statistics.Queued, "requests");
        var one = AnswerAsync(engine, [9, 2, 3], 20, "single");
        await Eventually.EqualAsync(7, () => engine.Statistics.Running + engine.Statistics.Queued, "requests");

        gate.Set();
        await Task.WhenAll([.. many, one]);

        // One was begun before it came; at the most one more goes before it.
        Assert.InRange(begun.IndexOf(9), 1, 2);
    }

    [Fact]
    public async Task Generate_LongPromptsOfOneTenantInTheSlots_DoNotHoldUpAnothersShortOne()
    {
        await using var engine = await StartAsync(options => options.StepTokens = 16);
        using var gate = new ManualResetEventSlim();
        var begun = new List<int>();
        _decoder.OnPrefill = prompt =>
        {
            begun.Add(prompt[0]);
            gate.Wait();
        };
        var many = Enumerable.Range(0, 3).Select(_ => AnswerAsync(engine, [.. Enumerable.Repeat(1, 110)], 2, "many")).ToList();
        await Eventually.EqualAsync(3, () => engine.Statistics.Running + engine.Statistics.Queued, "requests");
        var one = AnswerAsync(engine, [9, 2, 3], 2, "single");
        await Eventually.EqualAsync(4, () => engine.Statistics.Running + engine.Statistics.Queued, "requests");

        gate.Set();
        await Task.WhenAll([.. many, one]);

        Assert.Equal(1, begun.IndexOf(9));
    }

    /// <summary>A tenant that comes in an idle moment begins where the last one left off, not at nothing.</summary>
    [Fact]
    public void Enqueue_AfterAnIdleMoment_GivesNoAdvantage()
    {
        var queue = new FairQueue();
        var (first, later) = (new AuditSequence(Audit("a"), 0), new AuditSequence(Audit("b"), 0));
        queue.Enqueue(first);
        queue.Remove(first);
        first.Tenant.Served = 1_000;
        queue.Leave(first);

        queue.Enqueue(later);

        Assert.Equal(1_000, later.Tenant.Served);

        static AuditRequest Audit(string tenant) => new()
        {
            Request = Request([1], 1, tenant),
            CompletionIds = new[] { 1, 2 },
        };
    }

    [Fact]
    public async Task Generate_ReaderThatStops_HoldsUpNobodyElse()
    {
        await using var engine = await StartAsync(options => options.EventsAhead = 4);
        await using var slow = engine.GenerateAsync(Request([10], 100, null), CancellationToken.None).GetAsyncEnumerator();
        await slow.MoveNextAsync();

        Assert.Equal(Expected(50, 70), (await AnswerAsync(engine, [50], 70, null)).Ids);

        var rest = 1;
        while (await slow.MoveNextAsync())
        {
            rest += slow.Current is TokenGenerated ? 1 : 0;
        }

        Assert.Equal(100, rest);
    }

    /// <summary>A thousand requests of random lengths, tenants and options; some are cancelled, some readers go away, some are slow. The cache is too small for all.</summary>
    [Fact]
    public async Task Generate_ThousandRandomRequests_EachAsAlone()
    {
        await using var engine = await StartAsync(options =>
        {
            (options.Slots, options.Queue, options.StepTokens, options.CacheTokens) = (8, 64, 24, 400);
        });
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) <= 1000;)
            {
                var dice = new Random(number);
                var prompt = Enumerable.Range(dice.Next(200), dice.Next(1, 90)).Select(id => id % 256).ToArray();
                var tokens = dice.Next(1, 38);
                var tenant = dice.Next(4) is var t && t > 0 ? $"{t}" : null;
                var leaves = dice.Next(4) == 0 ? dice.Next(1, 20) : int.MaxValue;
                var choices = dice.Next(4) == 0 ? dice.Next(2, 9) : 1;
                using var cancelled = new CancellationTokenSource();
                var ids = Enumerable.Range(0, choices).Select(_ => new List<int>()).ToArray();
                var seen = 0;
                try
                {
                    await foreach (var step in engine.GenerateAsync(Request(prompt, tokens, tenant) with { Choices = choices }, cancelled.Token))
                    {
                        ids[step.Choice].AddRange(step is TokenGenerated token ? [token.Id] : []);
                        seen += step is TokenGenerated ? 1 : 0;
                        if (seen == leaves && dice.Next(2) == 0)
                        {
                            break;
                        }

                        if (seen == leaves)
                        {
                            await cancelled.CancelAsync();
                        }
                    }

                    Assert.Equal(Math.Min(tokens * choices, leaves), seen);
                }
                catch (OperationCanceledException)
                {
                }

                Assert.All(ids, answer => Assert.Equal(Expected(prompt[^1], answer.Count), answer));
            }
        }));

        await Eventually.EqualAsync(0, () => engine.Statistics.Running + engine.Statistics.Queued, "requests under way");
    }

    private static int[] Expected(int last, int tokens) => [.. Enumerable.Range(last + 1, tokens).Select(id => id % TinyModel.VocabularySize)];

    private static (int Prompt, int Cached, int Completion) Counts((int[] Ids, GenerationUsage Usage) answer)
        => (answer.Usage.PromptTokens, answer.Usage.CachedTokens, answer.Usage.CompletionTokens);

    /// <summary>Prompts take ten milliseconds a token here.</summary>
    [Fact]
    public async Task Generate_DeadlineTooShortForThePrompt_IsRefusedWithoutComputing()
    {
        var time = new FakeTimeProvider();
        await using var engine = await StartAsync(time: time);
        _decoder.OnPrefill = prompt => time.Advance(TimeSpan.FromMilliseconds(10 * prompt.Length));
        int[] prompt = [.. Enumerable.Range(0, 100)];
        GenerationRequest Within(int milliseconds, string? tenant) => Request(prompt, 5, tenant) with { Deadline = time.GetUtcNow() + TimeSpan.FromMilliseconds(milliseconds) };
        await AnswerAsync(engine, prompt, 5, "a");
        _decoder.Steps.Clear();

        // A hundred tokens take a second, and half of it is given the benefit of the doubt.
        var refused = await Assert.ThrowsAsync<EngineRefusalException>(() => CollectAsync(engine, Within(490, "b")));
        Assert.Equal((EngineRefusalKind.DeadlineTooShort, nameof(GenerationRequest.Deadline), true), (refused.Refusal.Kind, refused.Refusal.Field, refused.Refusal.Retryable));
        Assert.Empty(_decoder.Steps);

        Assert.NotEmpty(await CollectAsync(engine, Within(1001, "b")));
        Assert.NotEmpty(await CollectAsync(engine, Within(30, "a")));
    }

    [Fact]
    public async Task Generate_DeadlineTooShortForTheQueue_IsRefused()
    {
        var time = new FakeTimeProvider();
        await using var engine = await StartAsync(options => options.Slots = 1, time);
        await using (var first = engine.GenerateAsync(Request([1], 120, "a"), CancellationToken.None).GetAsyncEnumerator())
        {
            await first.MoveNextAsync();
            time.Advance(TimeSpan.FromSeconds(10));
        }

        await Eventually.EqualAsync(0, () => engine.Statistics.Running, "running");
        await using var running = engine.GenerateAsync(Request([1], 120, "a"), CancellationToken.None).GetAsyncEnumerator();
        await running.MoveNextAsync();
        var next = CollectAsync(engine, Request([2], 5, "a"));
        await Eventually.EqualAsync(1, () => engine.Statistics.Queued, "queued");

        // The one that runs may end at once, but the one behind it is expected to take ten seconds as well.
        var refused = await Assert.ThrowsAsync<EngineRefusalException>(() => CollectAsync(engine, Request([3], 5, "a") with { Deadline = time.GetUtcNow().AddSeconds(4) }));
        Assert.Equal(EngineRefusalKind.DeadlineTooShort, refused.Refusal.Kind);
        var taken = CollectAsync(engine, Request([4], 5, "a") with { Deadline = time.GetUtcNow().AddSeconds(6) });
        await Eventually.EqualAsync(2, () => engine.Statistics.Queued, "queued");

        await running.DisposeAsync();
        Assert.Equal([5, 5], (await Task.WhenAll(next, taken)).Select(events => events.OfType<TokenGenerated>().Count()));
    }

    [Fact]
    public async Task Generate_SomeAnswers_ShowInTheMetricsOfTheCache()
    {
        var (cached, use) = (0L, 0.0);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == _meters && instrument.Name is "cocoon.engine.cached_tokens" or "cocoon.engine.cache_use")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref cached, value));
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => use = value);
        listener.Start();
        double Use()
        {
            listener.RecordObservableInstruments();
            return use;
        }

        await using var engine = await StartAsync();
        int[] prompt = [.. Enumerable.Range(0, 100)];
        await AnswerAsync(engine, prompt, 1, tenant: "a");
        Assert.Equal(0, Interlocked.Read(ref cached));
        await AnswerAsync(engine, prompt, 1, tenant: "a");
        Assert.Equal(96, Interlocked.Read(ref cached));

        await using (var open = engine.GenerateAsync(Request([1], 120, "a"), CancellationToken.None).GetAsyncEnumerator())
        {
            await open.MoveNextAsync();
            Assert.InRange(Use(), double.Epsilon, 1);
        }

        await Eventually.EqualAsync(0, Use, "part of the cache that answers hold");
    }

    private async Task<NativeEngine> StartAsync(Action<NativeEngineOptions>? change = null, TimeProvider? time = null)
    {
        var options = new NativeEngineOptions { Slots = 4, Queue = 16 };
        change?.Invoke(options);
        var engine = new NativeEngine(options, _decoder, _meters, time ?? TimeProvider.System, NullLogger<NativeEngine>.Instance);
        await engine.LoadAsync(new ModelReference("tiny", _files.Folder), null, CancellationToken.None);
        _decoder.Steps.Clear();
        return engine;
    }

    private MeterListener Count(string instrumentName, Action measured)
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
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => measured());
        listener.Start();
        return listener;
    }

    private static GenerationRequest Request(int[] prompt, int tokens, string? tenant)
        => new()
        {
            Model = "tiny",
            PromptIds = prompt,
            MaxCompletionTokens = tokens,
            Sampling = SamplingOptions.Greedy,
            StopIds = [],
            Tenant = tenant,
        };

    private static async Task<List<GenerationEvent>> CollectAsync(NativeEngine engine, GenerationRequest request)
    {
        var events = new List<GenerationEvent>();
        await foreach (var step in engine.GenerateAsync(request, CancellationToken.None))
        {
            events.Add(step);
        }

        return events;
    }

    private static async Task<(int[] Ids, GenerationUsage Usage)> AnswerAsync(NativeEngine engine, int[] prompt, int tokens, string? tenant)
    {
        var ids = new List<int>();
        GenerationUsage? usage = null;
        await foreach (var step in engine.GenerateAsync(Request(prompt, tokens, tenant), CancellationToken.None))
        {
            ids.AddRange(step is TokenGenerated token ? [token.Id] : []);
            usage = (step as GenerationFinished)?.Usage ?? usage;
        }

        return ([.. ids], usage!);
    }
}
