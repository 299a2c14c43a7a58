using System.Text;
using System.Text.Json;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Tunnel.Accepting;
using CocoonOrleans.Tunnel.Messages;

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
        UsageReceipt receipt = answer.Receipt!;
        Assert.Equal((RunningWorker.JobId(1), "stop"), (receipt.RequestId.ToString("D"), answer.Final!.FinishReason));
        Assert.Equal((4L, 5L, ReceiptStatus.Complete), (receipt.Usage.PromptTokens, receipt.Usage.CompletionTokens, receipt.Status));
        Assert.Equal(answer.Meta!.ModelManifest, receipt.Usage.ModelManifest);
        Assert.Equal(new ReceiptPrices(long.MaxValue, long.MaxValue, long.MaxValue, 0).Hash(), receipt.Usage.Prices);
        KeptReceipt kept = Assert.Single(await worker.KeptAsync(1));
        Assert.Equal((RunningWorker.JobId(1), "lease-1", "dGVybXM"), (kept.JobId, kept.LeaseId, kept.Terms));
        Assert.Equal(answer.Final.Receipt.Receipt.ToArray(), kept.Receipt);
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
        Assert.InRange(answer.Receipt!.Usage.CompletionTokens, 0, 8);
        Assert.Equal(2, answer.Receipt.Usage.PromptTokens);
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
        Assert.Equal(answer.Receipt!.Usage.CompletionTokens, scored);
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
        Assert.Equal((4L, 12L, "length"), (answer.Receipt!.Usage.PromptTokens, answer.Receipt.Usage.CompletionTokens, answer.Final!.FinishReason));
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
        await using (SentJob job = await worker.SendAsync(payload: RunningWorker.Chat("hi", ",\"n\":2")))
            await job.ReadEventsAsync(12); // two roles, ten tokens
        UsageReceipt receipt = Assert.Single(await worker.ReceiptsAsync(1));
        Assert.Equal((ReceiptStatus.Partial, 10L), (receipt.Status, receipt.Usage.CompletionTokens));
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
        await using (SentJob job = await worker.SendAsync())
            await job.ReadEventsAsync(6); // the role, then five tokens
        UsageReceipt receipt = Assert.Single(await worker.ReceiptsAsync(1));
        Assert.Equal((ReceiptStatus.Partial, 5L), (receipt.Status, receipt.Usage.CompletionTokens));
        Assert.True(receipt.Usage.PromptTokens > 0, "the prompt was answered, so it counts");
    }

    [Fact]
    public async Task Job_LetGoBeforeTheFirstToken_CostsNothing()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:FirstTokenDelay", "00:10:00"));
        await using (SentJob job = await worker.SendAsync())
            Assert.Equal(0, worker.Gateway.Tunnels.Count - 1);
        UsageReceipt receipt = Assert.Single(await worker.ReceiptsAsync(1));
        Assert.Equal((0L, 0L), (receipt.Usage.PromptTokens, receipt.Usage.CompletionTokens));
    }

    [Fact]
    public async Task Job_EngineFails_IsARetryableErrorWithItsUsage()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:FailAfterTokens", "2"));
        Answer answer = await worker.AskAsync();
        Assert.Equal((JobErrorCodes.EngineFailed, true), (answer.Error?.Code, answer.Error?.Retryable));
        Assert.Equal((ReceiptStatus.Error, 2L), (answer.Receipt?.Status, answer.Receipt?.Usage.CompletionTokens));
    }

    [Fact]
    public async Task Job_AllSlotsTaken_IsRefusedUntilOneIsFree()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:Behaviour", "Hang"));
        await using SentJob first = await worker.SendAsync(RunningWorker.Dispatch(1));
        SentJob second = await worker.SendAsync(RunningWorker.Dispatch(2));
        Answer refused = await worker.AskAsync(RunningWorker.Dispatch(3));
        Assert.Equal((JobErrorCodes.NoFreeSlot, true), (refused.Error?.Code, refused.Error?.Retryable));
        await second.DisposeAsync();
        await worker.KeptAsync(1);
        await using SentJob third = await worker.SendAsync(RunningWorker.Dispatch(4));
        await third.ReadEventsAsync(1);
    }

    [Fact]
    public async Task Job_SentAgain_IsRejectedAndTellsNothing()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        JobDispatch dispatch = RunningWorker.Dispatch();
        using SealedRequest request = await worker.SealAsync(dispatch, RunningWorker.Chat("hi"));
        await using (JobStream first = await worker.Tunnel.SendJobAsync(dispatch, request.Bytes, default))
        {
            Assert.Null(first.Refusal);
        }

        await worker.KeptAsync(1);
        await using JobStream second = await worker.Tunnel.SendJobAsync(dispatch, request.Bytes, default);
        Assert.Equal(SealingErrorCodes.Rejected, second.Refusal?.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    [InlineData(-1)]
    public async Task Job_ChangedOnItsWay_IsRejectedWithTheOneCode(int at)
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        JobDispatch dispatch = RunningWorker.Dispatch();
        using SealedRequest request = await worker.SealAsync(dispatch, RunningWorker.Chat("hi"));
        byte[] changed = request.Bytes.ToArray();
        changed[at < 0 ? changed.Length - 1 : at] ^= 1;

        await using JobStream stream = await worker.Tunnel.SendJobAsync(dispatch, changed, default);
        Assert.Equal((SealingErrorCodes.Rejected, true), (stream.Refusal?.Code, stream.Refusal?.Retryable));
    }

    [Fact]
    public async Task Job_InTheClear_IsRejected()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        await using JobStream stream = await worker.Tunnel.SendJobAsync(RunningWorker.Dispatch(), RunningWorker.Chat("hi"), default);
        Assert.Equal(SealingErrorCodes.Rejected, stream.Refusal?.Code);
    }

    /// <summary>The dispatch is in the clear: it can't make another job of what was sealed.</summary>
    [Fact]
    public async Task Job_SealedForAnotherDispatch_IsRefused()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        using SealedRequest request = await worker.SealAsync(RunningWorker.Dispatch(1), RunningWorker.Chat("hi"));
        await using JobStream stream = await worker.Tunnel.SendJobAsync(RunningWorker.Dispatch(2), request.Bytes, default);
        Assert.Equal(JobErrorCodes.BadDispatch, stream.Refusal?.Code);
    }

    [Fact]
    public async Task Job_RunningHereAlready_IsRefused()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello", ("Scripted:Rules:0:Behaviour", "Hang"));
        await using SentJob first = await worker.SendAsync();
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
        Assert.Empty(await worker.Tunnel.GetReceiptsAsync(default));
    }

    [Theory]
    [InlineData("", "invalid_value", null)]
    [InlineData("\u0001\u0002 garbage", "invalid_value", null)]
    [InlineData("{\"model\":\"tiny\"}", "missing_required_parameter", "messages")]
    [InlineData("{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"temperature\":9}", "invalid_value", "temperature")]
    public async Task Job_BadPayload_IsRefusedInOpenAisWords(string payload, string code, string? param)
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Failure? error = (await worker.AskAsync(payload: Encoding.UTF8.GetBytes(payload))).Error;
        Assert.Equal((code, param, false), (error?.Code, error?.Param, error?.Retryable));
    }

    [Fact]
    public async Task Job_PromptLongerThanTheContext_IsRefusedNamingBoth()
    {
        await using RunningWorker worker = await RunningWorker.ScriptedAsync("Hello");
        Failure? error = (await worker.AskAsync(payload: RunningWorker.Chat(new string('x', 200)))).Error;
        Assert.Equal(("context_length_exceeded", "messages"), (error?.Code, error?.Param));
        Assert.Contains("128", error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ModelWithoutChatTemplate_IsRefusedSayingSo()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync([("Engine", "scripted"), ("Scripted:Rules:0:Answer", "Hello")], template: null);
        Failure? error = (await worker.AskAsync()).Error;
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
        Failure? error = (await worker.AskAsync(dispatch)).Error;
        return (error?.Code, error?.Retryable);
    }
}
