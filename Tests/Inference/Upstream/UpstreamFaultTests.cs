using System.Diagnostics.Metrics;
using System.Text;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Upstream;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Inference.Upstream;

/// <summary>Servers that break off, lie, flood or hang.</summary>
public sealed class UpstreamFaultTests
{
    private const string Sun = "the sun"; // ids 116, 104, 101, ...

    [Fact]
    public async Task MoreTokensThanAsked_AreCutOffAndTheServerSeesIt()
    {
        await using var bench = await AnsweringAsync(async context =>
        {
            while (true)
            {
                await StandInServer.SendAsync(context, StandInServer.VllmEvent([97, 98, 99]));
            }
        });

        var events = await bench.CollectAsync(UpstreamBench.Request(10));

        Assert.Equal(10, events.OfType<TokenGenerated>().Count());
        Assert.Equal((FinishReason.Length, 10), (Finish(events).Reason, Finish(events).Usage.CompletionTokens));
        await Eventually.EqualAsync(1, () => bench.Server.Abandoned, "answers that the server gave up");
    }

    [Fact]
    public async Task UsageOfTheServer_IsNotBelieved()
    {
        await using var bench = await UpstreamBench.LoadedAsync();

        Assert.Equal(new GenerationUsage(3, 0, 20), Finish(await bench.CollectAsync()).Usage);
    }

    [Fact]
    public async Task Answer_IsMeasured()
    {
        await using var bench = await UpstreamBench.LoadedAsync();
        using var measured = new MeasuredTokens(bench.Meters);

        await bench.CollectAsync();

        Assert.Equal([("input", 3), ("output", 20)], measured.Sums);
    }

    [Fact]
    public async Task ManyTokensInOneEvent_AreEachAnEvent()
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, StandInServer.VllmEvent(Sun.Select(letter => (int)letter), "stop")));

        var events = await bench.CollectAsync();

        Assert.Equal(Sun.Length, events.OfType<TokenGenerated>().Count());
        Assert.Equal((Sun, FinishReason.Stop), (string.Concat(events.Select(step => step.Text)), Finish(events).Reason));
    }

    public static TheoryData<string, string> BrokenOff => new()
    {
        { "the end", "" },
        { "done too early", "data: [DONE]\n\n" },
        { "an error", "data: {\"error\":{\"message\":\"canary\",\"code\":500}}\n\n" },
        { "another reason", StandInServer.VllmEvent([97], "abort") },
        { "no JSON", "data: {\"choices\":[{\"tok\n\n" },
        { "no object", "data: [1,2]\n\n" },
        { "no choices", "data: {}\n\n" },
        { "two choices", "data: {\"choices\":[{\"token_ids\":[97]},{\"token_ids\":[97]}]}\n\n" },
        { "text without ids", "data: {\"choices\":[{\"text\":\"canary\"}]}\n\n" },
        { "an id too high", StandInServer.VllmEvent([TinyModel.VocabularySize]) },
        { "an id below zero", StandInServer.VllmEvent([-1]) },
        { "no whole id", "data: {\"choices\":[{\"token_ids\":[1.5]}]}\n\n" },
        { "an id beyond integers", "data: {\"choices\":[{\"token_ids\":[99999999999]}]}\n\n" },
        { "ids as text", "data: {\"choices\":[{\"token_ids\":\"97\"}]}\n\n" },
        { "half a surrogate pair", "data: {\"choices\":[{\"token_ids\":[97],\"text\":\"\\ud800\"}]}\n\n" },
        { "depth", $"data: {new string('[', 10_000)}\n\n" },
        { "another model", StandInServer.VllmEvent([97], model: "cheaper/tiny") },
    };

    [Theory]
    [MemberData(nameof(BrokenOff))]
    public async Task BrokenOffOnTheWay_FailsWithTheCountsSoFar(string what, string then)
    {
        await using var bench = await AnsweringAsync(async context =>
        {
            await StandInServer.SendAsync(context, StandInServer.VllmEvent([116, 104, 101]));
            await StandInServer.SendAsync(context, then);
        });

        var (events, error) = await FailureAsync(bench);

        Assert.True(events.Count == 3, what);
        Assert.Equal((GenerationFailure.Upstream, new GenerationUsage(3, 0, 3)), (error.Failure, error.Usage));
        await Eventually.EqualAsync(0, () => bench.Engine.Statistics.Running, "running answers");
        Assert.Contains(bench.Log.Lines, line => line.Contains("after 3 tokens", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", string.Concat(bench.Log.Lines) + error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BrokenOff))]
    public async Task BrokenOffBeforeTheFirstToken_IsRefusedForAnotherWorker(string what, string then)
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, then));

        var refusal = await bench.RefusalAsync();

        Assert.True((EngineRefusalKind.OutOfService, true) == (refusal.Kind, refusal.Retryable), what);
        Assert.DoesNotContain("canary", string.Concat(bench.Log.Lines) + refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BytesThatAreNoUtf8_AreAFault()
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, [.. "data: {\"choices\":[{\"token_ids\":[97],\"text\":\""u8, 0xFF, 0xC0, .. "\"}]}\n\n"u8]));

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync()).Kind);
    }

    [Fact]
    public async Task ConnectionReset_FailsWithTheCountsSoFar()
    {
        // A reset may overtake what was sent before it, so that has to arrive first.
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = await AnsweringAsync(async context =>
        {
            await StandInServer.SendAsync(context, StandInServer.VllmEvent([116, 104, 101]));
            await arrived.Task;
            context.Abort();
        });
        var answer = FailureAsync(bench);
        await answer.Begun.Task;
        arrived.SetResult();

        var (_, error) = await answer;

        Assert.Equal((GenerationFailure.Upstream, 3), (error.Failure, error.Usage.CompletionTokens));
    }

    [Theory]
    [InlineData("data: ")]
    [InlineData("")]
    [InlineData(": ")]
    public async Task EndlessLine_IsCutOff(string begin)
    {
        await using var bench = await AnsweringAsync(async context =>
        {
            await StandInServer.SendAsync(context, begin);
            var part = new byte[65_536];
            Array.Fill(part, (byte)'x');
            while (true)
            {
                await StandInServer.SendAsync(context, part);
            }
        });

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync()).Kind);
        await Eventually.EqualAsync(1, () => bench.Server.Abandoned, "answers that the server gave up");
    }

    [Fact]
    public async Task EndlessEventOfManyLines_IsCutOff()
    {
        await using var bench = await AnsweringAsync(async context =>
        {
            while (true)
            {
                await StandInServer.SendAsync(context, "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
            }
        });

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync()).Kind);
    }

    [Fact]
    public async Task AnswerThatIsNoStream_IsRefused()
    {
        await using var bench = await UpstreamBench.LoadedAsync();
        bench.Server.Answer = (context, _) => context.Response.WriteAsJsonAsync(new { choices = Array.Empty<int>() });

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync()).Kind);
    }

    [Theory]
    [InlineData(429, EngineRefusalKind.QueueFull)]
    [InlineData(503, EngineRefusalKind.QueueFull)]
    [InlineData(404, EngineRefusalKind.UnknownModel)]
    [InlineData(400, EngineRefusalKind.OutOfService)]
    [InlineData(401, EngineRefusalKind.OutOfService)]
    [InlineData(422, EngineRefusalKind.OutOfService)]
    [InlineData(500, EngineRefusalKind.OutOfService)]
    [InlineData(204, EngineRefusalKind.OutOfService)]
    [InlineData(302, EngineRefusalKind.OutOfService)]
    public async Task StatusInPlaceOfAnAnswer_IsATypedRefusalWithoutItsBody(int status, EngineRefusalKind kind)
    {
        await using var bench = await UpstreamBench.LoadedAsync();
        bench.Server.Answer = async (context, request) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/v1/models";
            if (status != 204)
            {
                await context.Response.WriteAsync($"{{\"error\":{{\"message\":\"canary {request.GetProperty("prompt")}\"}}}}");
            }
        };

        var refusal = await bench.RefusalAsync();

        Assert.Equal(kind, refusal.Kind);
        Assert.Contains(bench.Log.Lines, line => line.Contains($"status {status}", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", string.Concat(bench.Log.Lines) + refusal, StringComparison.Ordinal);
        Assert.Single(bench.Server.Paths, path => path == "GET /v1/models");
    }

    [Fact]
    public async Task BusyInAnEvent_IsAQueueThatIsFull()
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, "data: {\"error\":{\"code\":503}}\n\n"));

        Assert.Equal(EngineRefusalKind.QueueFull, (await bench.RefusalAsync()).Kind);
    }

    [Fact]
    public async Task ServerGone_IsRefusedForAnotherWorker()
    {
        await using var bench = await UpstreamBench.LoadedAsync();
        await bench.Server.DisposeAsync();

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync()).Kind);
        Assert.Contains(bench.Log.Lines, line => line.Contains("Unreachable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoHeaders_AreWaitedForUpToTheLimit()
    {
        await using var bench = await UpstreamBench.LoadedAsync();
        bench.Server.Answer = HangAsync;
        var refusal = bench.RefusalAsync();
        await Eventually.EqualAsync(1, () => bench.Server.Open, "open answers");

        bench.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(EngineRefusalKind.OutOfService, (await refusal).Kind);
        await Eventually.EqualAsync(1, () => bench.Server.Abandoned, "answers that the server gave up");
    }

    [Fact]
    public async Task NoNextToken_IsWaitedForUpToTheLimit_WhateverElseComes()
    {
        await using var bench = await AnsweringAsync(async context =>
        {
            await StandInServer.SendAsync(context, StandInServer.VllmEvent([116]));
            while (true)
            {
                await StandInServer.SendAsync(context, ": ping\n\ndata: {\"model\":\"served/tiny\",\"choices\":[]}\n\n");
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, context.RequestAborted);
            }
        });
        await using var answer = bench.Engine.GenerateAsync(UpstreamBench.Request(), CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await answer.MoveNextAsync());
        var next = answer.MoveNextAsync().AsTask();

        bench.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(GenerationFailure.Upstream, (await Assert.ThrowsAsync<GenerationFailedException>(() => next)).Failure);
        Assert.Contains(bench.Log.Lines, line => line.Contains("Slow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancelled_IsSeenByTheServer()
    {
        await using var bench = await HangingAsync();
        using var cancellation = new CancellationTokenSource();
        var answer = bench.CollectAsync(cancellationToken: cancellation.Token);
        await Eventually.EqualAsync(1, () => bench.Server.Open, "open answers");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Eventually.EqualAsync(1, () => bench.Server.Abandoned, "answers that the server gave up");
    }

    [Fact]
    public async Task LeftEarly_IsSeenByTheServer()
    {
        await using var bench = await HangingAsync();
        await foreach (var _ in bench.Engine.GenerateAsync(UpstreamBench.Request(), CancellationToken.None))
        {
            break;
        }

        await Eventually.EqualAsync(1, () => bench.Server.Abandoned, "answers that the server gave up");
    }

    [Fact]
    public async Task DeadlinePassed_IsSeenByTheServer()
    {
        await using var bench = await HangingAsync();
        var answer = FailureAsync(bench, UpstreamBench.Request() with { Deadline = bench.Time.GetUtcNow().AddSeconds(30) });
        await answer.Begun.Task;
        bench.Time.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(GenerationFailure.DeadlinePassed, (await answer).Error.Failure);
        await Eventually.EqualAsync(1, () => bench.Server.Abandoned, "answers that the server gave up");
    }

    [Fact]
    public async Task DeadlinePassed_BetweenTokensThatHaveCome_EndsTheAnswer()
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, StandInServer.VllmEvent(Enumerable.Repeat(97, 10), "stop")));
        var request = UpstreamBench.Request() with { Deadline = bench.Time.GetUtcNow().AddSeconds(30) };
        await using var answer = bench.Engine.GenerateAsync(request, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await answer.MoveNextAsync());

        bench.Time.Advance(TimeSpan.FromSeconds(31));

        var error = await Assert.ThrowsAsync<GenerationFailedException>(async () => await answer.MoveNextAsync());
        Assert.Equal((GenerationFailure.DeadlinePassed, 1), (error.Failure, error.Usage.CompletionTokens));
    }

    [Fact]
    public async Task EngineStopped_IsSeenByTheServer()
    {
        await using var bench = await HangingAsync();
        var answer = FailureAsync(bench);
        await answer.Begun.Task;

        await bench.Engine.DisposeAsync();

        Assert.Equal(GenerationFailure.EngineStopped, (await answer).Error.Failure);
        await Eventually.EqualAsync(1, () => bench.Server.Abandoned, "answers that the server gave up");
    }

    [Theory]
    [InlineData("""{"output_ids":[97]}""")]
    [InlineData("""{"meta_info":{"completion_tokens":1}}""")]
    [InlineData("""{"output_ids":[97,98],"meta_info":{"completion_tokens":1}}""")]
    [InlineData("""{"output_ids":[97],"meta_info":{"completion_tokens":1,"finish_reason":{"type":"abort","message":"canary"}}}""")]
    [InlineData("""{"output_ids":[97],"meta_info":{"completion_tokens":1,"finish_reason":{}}}""")]
    public async Task Sglang_EventThatMakesNoSense_IsRefused(string json)
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, $"data: {json}\n\n"), UpstreamDialect.Sglang);

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync()).Kind);
    }

    [Theory]
    [InlineData("""{"tokens":[97]}""")]
    [InlineData("""{"content":7}""")]
    [InlineData("""{"content":"","stop":true}""")]
    public async Task LlamaServer_EventThatMakesNoSense_IsRefused(string json)
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, $"data: {json}\n\n"), UpstreamDialect.LlamaServer);

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync()).Kind);
    }

    [Fact]
    public async Task LlamaServer_CharacterOfSeveralTokens_CountsThemAll()
    {
        // Its stream shows the last token's id only.
        await using var bench = await AnsweringAsync(
            async context =>
            {
                await StandInServer.SendAsync(context, "data: {\"content\":\"h\",\"tokens\":[104],\"stop\":false}\n\n");
                await StandInServer.SendAsync(context, "data: {\"content\":\"\u00e9\",\"tokens\":[169],\"stop\":false}\n\n");
                await StandInServer.SendAsync(context, "data: {\"content\":\"\",\"tokens\":[],\"stop\":true,\"stop_type\":\"eos\"}\n\n");
            },
            UpstreamDialect.LlamaServer);

        var events = await bench.CollectAsync();

        Assert.Equal([104, 0xC3, 0xA9], events.OfType<TokenGenerated>().Select(token => token.Id));
        Assert.Equal(("h\u00e9", FinishReason.Stop), (string.Concat(events.Select(step => step.Text)), Finish(events).Reason));
    }

    [Fact]
    public async Task LlamaServer_StopIdWithoutText_EndsTheAnswer()
    {
        await using var bench = await AnsweringAsync(
            async context =>
            {
                await StandInServer.SendAsync(context, "data: {\"content\":\"h\",\"tokens\":[104],\"stop\":false}\n\n");
                await StandInServer.SendAsync(context, $"data: {{\"content\":\"\",\"tokens\":[{TinyModel.EndId}],\"stop\":false}}\n\n");
                await HangAsync(context, default);
            },
            UpstreamDialect.LlamaServer);

        var events = await bench.CollectAsync(UpstreamBench.Request() with { StopIds = [TinyModel.EndId] });

        Assert.Equal((FinishReason.Stop, 1), (Finish(events).Reason, Finish(events).Usage.CompletionTokens));
    }

    [Fact]
    public async Task Vllm_Logprobs_AreThoseOfEachToken_LikeliestFirst()
    {
        const string Logprobs = "{\"token_logprobs\":[-0.5,1e-9],\"top_logprobs\":[{\"token_id:104\":-0.5,\"token_id:101\":-3,\"token_id:102\":-1},{\"token_id:99999\":-0.1,\"token_id:106\":-2,\"token_id:105\":-2}]}";
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(
            context, $"data: {{\"choices\":[{{\"token_ids\":[104,105],\"finish_reason\":\"stop\",\"logprobs\":{Logprobs}}}]}}\n\n"));

        var tokens = (await bench.CollectAsync(UpstreamBench.Request() with { Sampling = new() { TopLogprobs = 2 } })).OfType<TokenGenerated>().ToList();

        Assert.Equal([-0.5, 0], tokens.Select(token => token.Logprobs!.Logprob));
        Assert.Equal([new TokenLogprob(104, -0.5), new TokenLogprob(102, -1)], tokens[0].Logprobs!.Top);
        Assert.Equal([new TokenLogprob(105, -2), new TokenLogprob(106, -2)], tokens[1].Logprobs!.Top);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"token_logprobs\":[],\"top_logprobs\":[]}")]
    [InlineData("{\"token_logprobs\":[-1],\"top_logprobs\":[]}")]
    [InlineData("{\"token_logprobs\":[-1],\"top_logprobs\":[null]}")]
    [InlineData("{\"token_logprobs\":[null],\"top_logprobs\":[{}]}")]
    [InlineData("{\"token_logprobs\":[1e999],\"top_logprobs\":[{}]}")]
    [InlineData("{\"token_logprobs\":[-1],\"top_logprobs\":[{\"canary\":-1}]}")]
    [InlineData("{\"token_logprobs\":[-1],\"top_logprobs\":[{\"token_id:-1\":-1}]}")]
    public async Task Vllm_LogprobsMissingOrWrong_AreAFault(string logprobs)
    {
        await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(
            context, $"data: {{\"choices\":[{{\"token_ids\":[104],\"finish_reason\":\"stop\",\"logprobs\":{logprobs}}}]}}\n\n"));

        Assert.Equal(EngineRefusalKind.OutOfService, (await bench.RefusalAsync(UpstreamBench.Request() with { Sampling = new() { TopLogprobs = 0 } })).Kind);
    }

    [Fact]
    public async Task Prompt_IsInNoLogAndNoException()
    {
        var prompt = Encoding.ASCII.GetBytes("canary").Select(letter => (int)letter).ToArray();
        foreach (var (_, then) in BrokenOff.Select(row => ((string)row[0], (string)row[1])))
        {
            await using var bench = await AnsweringAsync(context => StandInServer.SendAsync(context, then));
            var error = await Assert.ThrowsAsync<EngineRefusalException>(() => bench.CollectAsync(UpstreamBench.Request() with { PromptIds = prompt, StopStrings = ["canary"] }));

            var said = string.Concat(bench.Log.Lines) + error;
            Assert.DoesNotContain("canary", said, StringComparison.Ordinal);
            Assert.DoesNotContain("99,97,110", said, StringComparison.Ordinal);
        }
    }

    private static async Task<UpstreamBench> AnsweringAsync(Func<HttpContext, Task> answer, UpstreamDialect dialect = UpstreamDialect.Vllm)
    {
        var bench = await UpstreamBench.LoadedAsync(dialect);
        bench.Server.Answer = async (context, _) =>
        {
            await StandInServer.BeginAsync(context);
            await answer(context);
        };
        return bench;
    }

    /// <summary>Says one token and then nothing.</summary>
    private static Task<UpstreamBench> HangingAsync() => AnsweringAsync(async context =>
    {
        await StandInServer.SendAsync(context, StandInServer.VllmEvent([116]));
        await HangAsync(context, default);
    });

    private static Task HangAsync(HttpContext context, System.Text.Json.JsonElement request) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

    private static GenerationFinished Finish(List<GenerationEvent> events) => Assert.IsType<GenerationFinished>(events[^1]);

    private static FailingAnswer FailureAsync(UpstreamBench bench, GenerationRequest? request = null) => new(bench, request ?? UpstreamBench.Request());

    /// <summary>The engine's counter of tokens, by type.</summary>
    private sealed class MeasuredTokens : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly SortedDictionary<string, long> _sums = [];

        public MeasuredTokens(IMeterFactory meters)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "cocoon.engine.tokens")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, tokens, tags, _) =>
            {
                foreach (var tag in tags)
                {
                    if (tag.Key == "gen_ai.token.type")
                    {
                        _sums[(string)tag.Value!] = _sums.GetValueOrDefault((string)tag.Value!) + tokens;
                    }
                }
            });
            _listener.Start();
        }

        public IEnumerable<(string Type, long Tokens)> Sums => _sums.Select(sum => (sum.Key, sum.Value));

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>An answer that must fail, and the events before that.</summary>
    private sealed class FailingAnswer
    {
        private readonly List<GenerationEvent> _events = [];
        private readonly Task<(List<GenerationEvent> Events, GenerationFailedException Error)> _end;

        public FailingAnswer(UpstreamBench bench, GenerationRequest request) => _end = RunAsync(bench, request);

        /// <summary>Set by its first event.</summary>
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public System.Runtime.CompilerServices.TaskAwaiter<(List<GenerationEvent> Events, GenerationFailedException Error)> GetAwaiter() => _end.GetAwaiter();

        private async Task<(List<GenerationEvent> Events, GenerationFailedException Error)> RunAsync(UpstreamBench bench, GenerationRequest request)
        {
            var error = await Assert.ThrowsAsync<GenerationFailedException>(async () =>
            {
                await foreach (var step in bench.Engine.GenerateAsync(request, CancellationToken.None))
                {
                    _events.Add(step);
                    Begun.TrySetResult();
                }
            });
            return (_events, error);
        }
    }
}
