using System.Text;
using System.Text.Json;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Records;
using CocoonOrleans.Tunnel.Usage;

namespace CocoonOrleans.Tests.Inference.WorkerHost.Jobs;

/// <summary>Jobs at a real worker with the scripted engine.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task Job_Complete_StreamsChunksAsOpenAiDoes()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello, \u4f60\u597d!");
        Answer answer = await worker.AskAsync();
        Assert.Equal("Hello, \u4f60\u597d!", answer.Text);
        Assert.All(answer.Chunks, chunk => Assert.Equal(
            ("chatcmpl-1", "chat.completion.chunk", 1_800_000_000, "tiny"),
            (Text(chunk, "id"), Text(chunk, "object"), chunk.GetProperty("created").GetInt64(), Text(chunk, "model"))));
        Assert.Equal("""{"role":"assistant","content":""}""", Choice(answer.Chunks[0]).GetProperty("delta").GetRawText());
        Assert.Equal("{}", Choice(answer.Chunks[^1]).GetProperty("delta").GetRawText());
        Assert.Equal("stop", Text(Choice(answer.Chunks[^1]), "finish_reason"));
        Assert.All(answer.Chunks.SkipLast(1), chunk => Assert.Equal(JsonValueKind.Null, Choice(chunk).GetProperty("finish_reason").ValueKind));
        Assert.All(answer.Chunks, chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
    }

    [Fact]
    public async Task Job_Complete_EndsWithItsSignedUsage()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Answer answer = await worker.AskAsync(payload: RunningWorker.Chat("four"));
        UsageReport? report = answer.Final!.Usage.Check(worker.Tunnel.WorkerKey).Report;
        Assert.Equal(("job-1", "lease-1", "dGVybXM"), (report?.JobId, report?.LeaseId, report?.Terms));
        Assert.Equal((answer.Meta!.PromptTokens, 5L, UsageStatus.Complete, "stop"), ((int)report!.PromptTokens, report.CompletionTokens, report.Status, report.FinishReason));
        Assert.Equal(answer.Meta.ModelManifestSha256, report.ModelManifestSha256);
    }

    [Fact]
    public async Task Job_ByAScript_SaysSo()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Assert.Equal("scripted", (await worker.AskAsync()).Meta?.Engine);
        Assert.Equal("scripted", (await worker.Tunnel.GetRegistrationAsync(default)).Engine.Kind);
    }

    [Fact]
    public async Task Job_IncludeUsage_HasUsageNullInEveryChunk()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Answer answer = await worker.AskAsync(payload: RunningWorker.Chat("hi", ""","stream_options":{"include_usage":true}"""));
        Assert.All(answer.Chunks, chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("usage").ValueKind));
    }

    [Theory]
    [InlineData(3, "")]
    [InlineData(100, ",\"max_completion_tokens\":3")]
    public async Task Job_TokensReachTheLowerLimit_EndsWithLength(int hold, string more)
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello, world");
        Answer answer = await worker.AskAsync(RunningWorker.Dispatch(maxCompletionTokens: hold), RunningWorker.Chat("hi", more));
        Assert.Equal(("Hel", "length"), (answer.Text, answer.Final?.FinishReason));
    }

    [Fact]
    public async Task Job_NativeEngine_AnswersWithinItsLimit()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync([]);
        Answer answer = await worker.AskAsync(RunningWorker.Dispatch(maxCompletionTokens: 8), RunningWorker.Chat("hi", ",\"seed\":1"));
        Assert.Equal("native", answer.Meta?.Engine);
        UsageReport report = answer.Final!.Usage.Check(worker.Tunnel.WorkerKey).Report!;
        Assert.InRange(report.CompletionTokens, 0, 8);
        Assert.Equal(answer.Meta!.PromptTokens, report.PromptTokens);
    }

    /// <summary>The role says nothing yet: a stream's client is not told before there is something to tell.</summary>
    [Fact]
    public async Task Job_LogprobsAsked_TheRoleHasNone()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync([]);
        Answer answer = await worker.AskAsync(RunningWorker.Dispatch(maxCompletionTokens: 4), RunningWorker.Chat("hi", ",\"seed\":1,\"logprobs\":true,\"n\":2"));
        Assert.Equal(2, answer.Chunks.Count(chunk => Choice(chunk).GetProperty("delta").TryGetProperty("role", out _)));
        Assert.All(
            answer.Chunks.Select(Choice).Where(choice => choice.GetProperty("delta").TryGetProperty("role", out _)),
            choice => Assert.Equal(JsonValueKind.Null, choice.GetProperty("logprobs").ValueKind));
        long scored = answer.Chunks.Select(Choice).Where(choice => choice.GetProperty("logprobs").ValueKind == JsonValueKind.Object).Sum(choice => choice.GetProperty("logprobs").GetProperty("content").GetArrayLength());
        Assert.Equal(answer.Final!.Usage.Check(worker.Tunnel.WorkerKey).Report!.CompletionTokens, scored);
    }

    [Fact]
    public async Task Job_SeveralAnswers_ComeByTheirIndexAndAreReportedTogether()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Answer answer = await worker.AskAsync(RunningWorker.Dispatch(maxCompletionTokens: 12), RunningWorker.Chat("four", ",\"n\":3"));
        foreach (IGrouping<int, JsonElement> choice in answer.Chunks.Select(Choice).GroupBy(choice => choice.GetProperty("index").GetInt32()))
        {
            Assert.Equal("assistant", Text(choice.First().GetProperty("delta"), "role"));
            Assert.Equal("Hell", string.Concat(choice.Skip(1).SkipLast(1).Select(piece => Text(piece.GetProperty("delta"), "content"))));
            Assert.Equal("length", Text(choice.Last(), "finish_reason"));
        }

        Assert.Equal([0, 1, 2], answer.Chunks.Select(chunk => Choice(chunk).GetProperty("index").GetInt32()).Distinct().Order());
        UsageReport report = answer.Final!.Usage.Check(worker.Tunnel.WorkerKey).Report!;
        Assert.Equal(((long)answer.Meta!.PromptTokens, 12L, "length"), (report.PromptTokens, report.CompletionTokens, report.FinishReason));
    }

    /// <summary>The reason names the place in the schema, as its author called it: a record holds only so much.</summary>
    [Fact]
    public async Task Job_SchemaRefusedAtALongPath_IsRefusedBriefly()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        var name = new string('\u4e2d', 4_000);
        Answer answer = await worker.AskAsync(payload: RunningWorker.Chat("hi",
            ""","response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"NAME":{"type":"string","if":{}}}}}}""".Replace("NAME", name, StringComparison.Ordinal)));
        Assert.False(answer.Error?.Retryable);
        Assert.InRange(answer.Error!.Message.Length, 1, 500);
    }

    [Fact]
    public async Task Job_HoldTooSmallForAllAnswers_IsRefused()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Answer answer = await worker.AskAsync(RunningWorker.Dispatch(maxCompletionTokens: 2), RunningWorker.Chat("four", ",\"n\":3"));
        Assert.Equal(JobErrorCodes.BadDispatch, answer.Error?.Code);
    }

    [Fact]
    public async Task Job_SeveralAnswersLetGo_KeepsTheReportOfAll()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:Behaviour", "Hang"));
        await using (JobStream job = await worker.SendAsync(payload: RunningWorker.Chat("hi", ",\"n\":2")))
            await ReadChunksAsync(job, 12); // two roles, ten tokens
        UsageReport report = Assert.Single(await worker.ReportsAsync(1));
        Assert.Equal((UsageStatus.Cancelled, 10L), (report.Status, report.CompletionTokens));
    }

    [Fact]
    public async Task Job_SilentForASecond_SendsHeartbeats()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:FirstTokenDelay", "00:00:01.5"));
        Answer answer = await worker.AskAsync();
        Assert.Equal("Hello", answer.Text);
        Assert.True(answer.Heartbeats >= 1, "no heartbeat came");
    }

    [Fact]
    public async Task Job_LetGoInTheMiddle_KeepsTheReportOfWhatWasGenerated()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:Behaviour", "Hang"));
        await using (JobStream job = await worker.SendAsync())
            await ReadChunksAsync(job, 6); // the role, then five tokens
        UsageReport report = Assert.Single(await worker.ReportsAsync(1));
        Assert.Equal((UsageStatus.Cancelled, 5L, (string?)null), (report.Status, report.CompletionTokens, report.FinishReason));
        Assert.True(report.PromptTokens > 0, "the prompt was answered, so it counts");
    }

    [Fact]
    public async Task Job_LetGoBeforeTheFirstToken_CostsNothing()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:FirstTokenDelay", "00:10:00"));
        await using (JobStream job = await worker.SendAsync())
            Assert.Equal(0, worker.Gateway.Tunnels.Count - 1);
        UsageReport report = Assert.Single(await worker.ReportsAsync(1));
        Assert.Equal((0L, 0L), (report.PromptTokens, report.CompletionTokens));
    }

    [Fact]
    public async Task Job_EngineFails_IsARetryableErrorWithItsUsage()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:FailAfterTokens", "2"));
        Answer answer = await worker.AskAsync();
        Assert.Equal((JobErrorCodes.EngineFailed, true), (answer.Error?.Code, answer.Error?.Retryable));
        UsageReport? report = answer.Error!.Usage!.Check(worker.Tunnel.WorkerKey).Report;
        Assert.Equal((UsageStatus.Failed, 2L), (report?.Status, report?.CompletionTokens));
    }

    [Fact]
    public async Task Job_AllSlotsTaken_IsRefusedUntilOneIsFree()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:Behaviour", "Hang"));
        await using JobStream first = await worker.SendAsync(RunningWorker.Dispatch("job-1"));
        JobStream second = await worker.SendAsync(RunningWorker.Dispatch("job-2"));
        Answer refused = await worker.AskAsync(RunningWorker.Dispatch("job-3"));
        Assert.Equal((JobErrorCodes.NoFreeSlot, true), (refused.Error?.Code, refused.Error?.Retryable));
        await second.DisposeAsync();
        await worker.ReportsAsync(1);
        await using JobStream third = await worker.SendAsync(RunningWorker.Dispatch("job-4"));
        await ReadChunksAsync(third, 1);
    }

    [Fact]
    public async Task Job_RunningHereAlready_IsRefused()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:Behaviour", "Hang"));
        await using JobStream first = await worker.SendAsync();
        Assert.Equal((JobErrorCodes.DuplicateJob, false), await RefusalAsync(worker));
    }

    public static TheoryData<JobDispatch, string, bool> Unwanted => new()
    {
        { RunningWorker.Dispatch() with { Model = "other" }, JobErrorCodes.ModelNotServed, true },
        { RunningWorker.Dispatch() with { Deadline = DateTimeOffset.UnixEpoch }, JobErrorCodes.LeaseExpired, true },
        { RunningWorker.Dispatch() with { Prices = new OfferedPrices(long.MaxValue, long.MaxValue, 6) }, JobErrorCodes.PriceTooLow, true },
        { RunningWorker.Dispatch() with { JobId = "../up" }, JobErrorCodes.BadDispatch, false },
    };

    [Theory]
    [MemberData(nameof(Unwanted))]
    public async Task Job_UnwantedByItsClearPart_IsRefusedWithTheReason(JobDispatch dispatch, string code, bool retryable)
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Assert.Equal((code, retryable), await RefusalAsync(worker, dispatch));
        Assert.Empty(await worker.Tunnel.GetUsageReportsAsync(default));
    }

    [Theory]
    [InlineData("", "invalid_value", null)]
    [InlineData("\u0001\u0002 garbage", "invalid_value", null)]
    [InlineData("{\"model\":\"tiny\"}", "missing_required_parameter", "messages")]
    [InlineData("{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":9}", "invalid_value", "temperature")]
    public async Task Job_BadPayload_IsRefusedInOpenAisWords(string payload, string code, string? param)
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        JobError? error = (await worker.AskAsync(payload: Encoding.UTF8.GetBytes(payload))).Error;
        Assert.Equal((code, param, false), (error?.Code, error?.Param, error?.Retryable));
    }

    [Fact]
    public async Task Job_PromptLongerThanTheContext_IsRefusedNamingBoth()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        JobError? error = (await worker.AskAsync(payload: RunningWorker.Chat(new string('x', 200)))).Error;
        Assert.Equal(("context_length_exceeded", "messages"), (error?.Code, error?.Param));
        Assert.Contains("128", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ModelWithoutChatTemplate_IsRefusedSayingSo()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync([("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello")], template: null);
        JobError? error = (await worker.AskAsync()).Error;
        Assert.Equal(("unsupported_parameter", "model", false), (error?.Code, error?.Param, error?.Retryable));
        Assert.Contains("no chat template", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_RefusedBeforeALargePayloadIsRead_LeavesTheTunnelWhole()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        byte[] large = new byte[2 << 20];
        for (int i = 0; i < 20; i++)
            Assert.Equal(JobErrorCodes.ModelNotServed, (await worker.AskAsync(RunningWorker.Dispatch() with { Model = "other" }, large)).Error?.Code);
        Assert.Equal("Hello", (await worker.AskAsync()).Text);
    }

    private static JsonElement Choice(JsonElement chunk) => Assert.Single(chunk.GetProperty("choices").EnumerateArray());

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();

    private static async Task<(string?, bool?)> RefusalAsync(RunningWorker worker, JobDispatch? dispatch = null)
    {
        JobError? error = (await worker.AskAsync(dispatch)).Error;
        return (error?.Code, error?.Retryable);
    }

    private static async Task ReadChunksAsync(JobStream job, int count)
    {
        await foreach (var record in job.ReadAllAsync())
        {
            count -= record.Type == RecordType.Data ? 1 : 0;
            if (count == 0)
                return;
        }
    }
}
