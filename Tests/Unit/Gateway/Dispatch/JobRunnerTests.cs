using System.Text;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Chat;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tokenization.ToolCalls;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

public sealed class JobRunnerTests : IAsyncDisposable
{
    private JobRunnerBench _bench = null!;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Run_GoodAnswer_IsChargedByTheReceiptAndAcknowledged()
    {
        var sink = new JsonAnswer();
        var answer = Assert.IsType<JobAnswer>(await RunAsync(sink, reply => reply.AnswerAsync("abcd")));

        Assert.Equal(("stop", new TokenUsage(JobRunnerBench.PromptTokens, 0, 4)), (Assert.Single(sink.Choices).FinishReason, answer.Usage));
        JobCompletionResult? charge = await answer.Charge;
        JobCompletion completion = Completion();
        Assert.Equal((CompletionStatus.Complete, _bench.WorkerId(0), charge?.Captured), (completion.Status, completion.WorkerId, completion.Price.Charge(answer.Usage)));
        Assert.NotNull(completion.ReceiptSha256);
        Assert.True(answer.IsReceiptVerified, "the receipt is valid");
        Assert.Equal(_bench.Sealed(0).Statement.Hash, answer.Statement.Hash);
        Assert.Single(_bench.Acknowledged);
        await ReleasedAsync(LeaseOutcome.Completed);
    }

    /// <summary>What a gateway measures and traces of a job says nothing of its answer, nor of what a worker fails with.</summary>
    [Fact]
    public async Task Run_AnswerThatOccursNowhereElse_IsInNoMetricAndNoTrace()
    {
        const string canary = "vermilion-3356-civet";
        using var telemetry = new TelemetryCapture();
        var sink = new RecordedAnswer();

        Assert.IsType<JobAnswer>(await RunAsync(sink, reply => reply.AnswerAsync(canary)));

        Assert.Equal(canary, sink.Text);
        Assert.NotEmpty(telemetry.Of($"metric {GatewayMetrics.MeterName} "));
        Assert.Empty(telemetry.Of(canary));
    }

    [Fact]
    public async Task Run_FirstWorkerFailsBeforeTheFirstToken_TheNextOneAnswersAlone()
    {
        var sink = new RecordedAnswer();

        JobResult result = await RunAsync(
            sink,
            async reply =>
            {
                await reply.BeginAsync();
                await reply.FailAsync(JobErrorCodes.EngineFailed);
            },
            reply => reply.AnswerAsync("abcd"));

        Assert.Equal(_bench.WorkerId(1), Assert.IsType<JobAnswer>(result).Worker.WorkerId);
        Assert.Equal("abcd", sink.Text);
        Assert.Equal(_bench.WorkerId(1), Completion().WorkerId);
        await ReleasedAsync(LeaseOutcome.Failed, LeaseOutcome.Completed);
    }

    [Fact]
    public async Task Run_FirstWorkersStreamBreaksBeforeTheFirstToken_TheNextOneAnswers()
    {
        JobResult result = await RunAsync(
            new RecordedAnswer(),
            async reply =>
            {
                await reply.BeginAsync();
                reply.Break();
            },
            reply => reply.AnswerAsync("abcd"));

        Assert.IsType<JobAnswer>(result);
        await ReleasedAsync(LeaseOutcome.Failed, LeaseOutcome.Completed);
    }

    [Fact]
    public async Task Run_FirstWorkerSendsGarbage_TheNextOneAnswersAndItIsRemembered()
    {
        JobResult result = await RunAsync(
            new RecordedAnswer(),
            async reply =>
            {
                await reply.BeginAsync();
                await reply.ChunkBytesAsync("""{"error":"evil"}""");
            },
            reply => reply.AnswerAsync("abcd"));

        Assert.IsType<JobAnswer>(result);
        await ReleasedAsync(LeaseOutcome.Garbage, LeaseOutcome.Completed);
    }

    [Fact]
    public async Task Run_BreaksOffMidAnswerWithoutAReceipt_NothingIsCharged()
    {
        var sink = new RecordedAnswer();

        JobResult result = await RunAsync(sink, BreakAfterTextAsync, reply => reply.AnswerAsync("never"));

        ApiError error = Assert.IsType<JobFailure>(result).Error;
        Assert.Equal((ErrorKinds.ProviderFailed, 3), (error.Kind, error.Metadata!["usage"]!["completion_tokens"]!.GetValue<long>()));
        Assert.Equal("abc", sink.Text);
        AssertAbandoned();
    }

    [Fact]
    public async Task Run_WorkerIsRevokedMidAnswer_TheErrorSaysSo()
    {
        var sink = new RecordedAnswer();

        JobResult result = await RunAsync(
            sink,
            async reply =>
            {
                await reply.BeginAsync();
                await reply.TextAsync("abc");
                await Condition.HoldsAsync(() => sink.Text == "abc", "the text is delivered");
                _bench.Seal(0).Revoke();
                reply.Break();
            },
            reply => reply.AnswerAsync("never"));

        ApiError error = Assert.IsType<JobFailure>(result).Error;
        Assert.Equal((ErrorKinds.ProviderRevoked, "revoked", 3), (error.Kind, error.Metadata!["reason"]!.GetValue<string>(), error.Metadata["usage"]!["completion_tokens"]!.GetValue<long>()));
    }

    [Fact]
    public async Task Run_OneDocumentBreaksMidAnswer_TheNextWorkerBeginsAnew()
    {
        var sink = new JsonAnswer();

        JobResult result = await RunAsync(sink, BreakAfterTextAsync, reply => reply.AnswerAsync("xyz"));

        Assert.IsType<JobAnswer>(result);
        Assert.Equal("xyz", Assert.Single(sink.Choices).Text);
        Assert.Equal(_bench.WorkerId(1), Completion().WorkerId);
    }

    [Fact]
    public async Task Run_EveryWorkerFails_HoldIsGivenBack()
    {
        JobResult result = await RunAsync(
            new RecordedAnswer(), reply => reply.FailAsync(JobErrorCodes.EngineFailed), reply => reply.FailAsync(JobErrorCodes.EngineFailed));

        Assert.Equal(ErrorKinds.ProviderFailed, Assert.IsType<JobFailure>(result).Error.Kind);
        AssertAbandoned();
    }

    [Fact]
    public async Task Run_EveryWorkerBlamesTheRequest_ClientIsToldAndPaysNothing()
    {
        JobResult result = await RunAsync(
            new RecordedAnswer(), reply => reply.FailAsync("context_length_exceeded"), reply => reply.FailAsync("context_length_exceeded"));

        Assert.Equal(ErrorKinds.ContextLengthExceeded, Assert.IsType<JobFailure>(result).Error.Kind);
        AssertAbandoned();
    }

    [Fact]
    public async Task Run_OneWorkerBlamesTheRequest_AnotherOneIsAsked() => Assert.IsType<JobAnswer>(
        await RunAsync(new RecordedAnswer(), reply => reply.FailAsync("context_length_exceeded"), reply => reply.AnswerAsync("abcd")));

    [Fact]
    public async Task Run_WorkerIsFullForAMoment_IsAskedAgain()
    {
        int calls = 0;

        JobResult result = await RunAsync(new RecordedAnswer(), reply => ++calls == 1 ? reply.FailAsync(JobErrorCodes.NoFreeSlot) : reply.AnswerAsync("abcd"));

        Assert.IsType<JobAnswer>(result);
        await ReleasedAsync(LeaseOutcome.Refused, LeaseOutcome.Completed);
    }

    [Theory]
    [InlineData(JobErrorCodes.Draining)]
    [InlineData(SealingErrorCodes.Rejected)]
    public async Task Run_FirstWorkerRefusesInTheClear_TheNextOneAnswers(string code)
    {
        JobResult result = await RunAsync(new RecordedAnswer(), reply => reply.Sealed.RefuseAsync(code), reply => reply.AnswerAsync("abcd"));

        Assert.Equal(_bench.WorkerId(1), Assert.IsType<JobAnswer>(result).Worker.WorkerId);
        await ReleasedAsync(LeaseOutcome.Refused, LeaseOutcome.Completed);
    }

    /// <summary>Only what is sealed can say that the client's request is at fault.</summary>
    [Fact]
    public async Task Run_WorkersBlameTheRequestInTheClear_AreNotBelieved()
    {
        JobResult result = await RunAsync(
            new RecordedAnswer(), reply => reply.Sealed.RefuseAsync("context_length_exceeded"), reply => reply.Sealed.RefuseAsync("context_length_exceeded"));

        Assert.Equal(ErrorKinds.ProviderFailed, Assert.IsType<JobFailure>(result).Error.Kind);
        await ReleasedAsync(LeaseOutcome.Failed, LeaseOutcome.Failed);
    }

    [Fact]
    public async Task Run_FirstWorkerAnswersInTheClear_TheNextOneAnswersAndItIsRemembered()
    {
        var sink = new RecordedAnswer();

        JobResult result = await RunAsync(
            sink,
            reply => reply.Sealed.PlainAsync(Encoding.UTF8.GetBytes($"data: {reply.Sealed.Chunk("""{"role":"assistant","content":"plain"}""")}\n\n")),
            reply => reply.AnswerAsync("abcd"));

        Assert.Equal(_bench.WorkerId(1), Assert.IsType<JobAnswer>(result).Worker.WorkerId);
        Assert.Equal("abcd", sink.Text);
        await ReleasedAsync(LeaseOutcome.Garbage, LeaseOutcome.Completed);
    }

    [Fact]
    public async Task Run_OneAfterTheOther_ShareASessionAndTheTenantsSalt()
    {
        var requests = new List<(uint? Counter, Digest? Salt, string Body)>();
        _bench = await JobRunnerBench.StartAsync(reply =>
        {
            requests.Add((reply.Sealed.Request.Header.Counter, reply.Sealed.Request.Meta.CacheSalt, Encoding.UTF8.GetString(reply.Sealed.Request.Body.Span)));
            return reply.AnswerAsync("abcd");
        });

        foreach (int _ in Enumerable.Range(0, 2))
        {
            Assert.IsType<JobAnswer>(await _bench.RunAsync(_bench.Job(), new RecordedAnswer(), CancellationToken.None).WaitAsync(TestGateway.Deadline));
        }

        Assert.Equal([0u, 1u], requests.Select(request => request.Counter));
        Assert.All(requests, request => Assert.Equal("{}", request.Body));
        Assert.NotNull(requests[0].Salt);
        Assert.Equal(requests[0].Salt, requests[1].Salt);
    }

    /// <summary>The worker says no more than that it doesn't take the request: one that stands alone is tried at once, and from then on.</summary>
    [Fact]
    public async Task Run_WorkerHasNoRoomForTheSession_SingleRequestsAreTaken()
    {
        var counters = new List<uint?>();
        _bench = await JobRunnerBench.StartAsync(new EpochLimits { Sessions = 1 }, reply =>
        {
            counters.Add(reply.Sealed.Request.Header.Counter);
            return reply.AnswerAsync("abcd");
        });
        Assert.True(_bench.Seal(0).TryRenew(CheckedStatement.SelfSigned(_bench.Sealed(0).Statement), out _));
        Assert.IsType<JobAnswer>(await _bench.RunAsync(_bench.Job(), new RecordedAnswer(), CancellationToken.None).WaitAsync(TestGateway.Deadline));

        // Another session than the one that the worker keeps.
        Assert.True(_bench.Seal(0).TryRenew(CheckedStatement.SelfSigned(_bench.Sealed(0).Statement), out _));
        foreach (int _ in Enumerable.Range(0, 2))
        {
            Assert.IsType<JobAnswer>(await _bench.RunAsync(_bench.Job(), new RecordedAnswer(), CancellationToken.None).WaitAsync(TestGateway.Deadline));
        }

        Assert.Equal([0u, null, null], counters);
    }

    [Fact]
    public async Task Run_NoWorkerOfTheTier_SaysHowManyWereBelowIt()
    {
        _bench = await JobRunnerBench.StartAsync(reply => reply.AnswerAsync("abcd"), reply => reply.AnswerAsync("abcd"));

        JobResult result = await _bench.RunAsync(_bench.Job() with { MinimumTier = TrustTier.Tdx }, new RecordedAnswer(), CancellationToken.None).WaitAsync(TestGateway.Deadline);

        ApiError error = Assert.IsType<JobFailure>(result).Error;
        Assert.Equal((ErrorKinds.NoAttestedProvider, "provider.trust"), (error.Kind, error.Param));
        Assert.Equal(2, (int)error.Metadata!["rejected_by"]!["tier"]!);
    }

    [Fact]
    public async Task Run_WorkerOfTheTier_IsAnsweredAndSaysIt()
    {
        _bench = await JobRunnerBench.StartAsync(reply => reply.AnswerAsync("abcd"));

        JobResult result = await _bench.RunAsync(_bench.Job() with { MinimumTier = TrustTier.Open }, new RecordedAnswer(), CancellationToken.None).WaitAsync(TestGateway.Deadline);

        Assert.Equal(TrustTier.Open, Assert.IsType<JobAnswer>(result).Tier);
    }

    [Fact]
    public async Task Run_WorkersStatementIsMissing_GetsNoJob()
    {
        _bench = await JobRunnerBench.StartAsync(reply => reply.AnswerAsync("never"), reply => reply.AnswerAsync("abcd"));
        _bench.Seal(0).Dispose();

        JobResult result = await _bench.RunAsync(_bench.Job(), new RecordedAnswer(), CancellationToken.None).WaitAsync(TestGateway.Deadline);

        Assert.Equal(_bench.WorkerId(1), Assert.IsType<JobAnswer>(result).Worker.WorkerId);
        await ReleasedAsync(LeaseOutcome.Completed);
    }

    /// <summary>Such an id is no UUIDv7, and names the sealed request all the same.</summary>
    [Fact]
    public async Task Run_JobOfAnIdempotencyKey_IsSealedUnderItsId()
    {
        Guid id = JobIds.Derive("key-1", "the client's text", 0);
        Guid? opened = null;
        _bench = await JobRunnerBench.StartAsync(reply =>
        {
            opened = reply.Sealed.Request.Header.Terms.RequestId;
            return reply.AnswerAsync("abcd");
        });
        _bench.Running.TryAdd(id);

        var answer = Assert.IsType<JobAnswer>(
            await _bench.RunAsync(_bench.Job() with { JobId = id }, new RecordedAnswer(), CancellationToken.None).WaitAsync(TestGateway.Deadline));

        Assert.Equal(id, opened);
        Assert.True(answer.IsReceiptVerified, "the receipt is of this job");
    }

    [Fact]
    public async Task Run_EventsCutAnywhere_AreReadAsOne()
    {
        var sink = new RecordedAnswer();

        JobResult result = await RunAsync(sink, async reply =>
        {
            await reply.BeginAsync();
            byte[] events = Encoding.UTF8.GetBytes(string.Concat("abcd".Select(letter => $"data: {reply.Sealed.Chunk($$"""{"content":"{{letter}}"}""")}\n\n")));
            foreach (byte[] piece in events.Chunk(77))
            {
                await reply.BytesAsync(piece);
            }

            await reply.FinishAsync();
            await reply.FinalAsync(4);
        });

        Assert.IsType<JobAnswer>(result);
        Assert.Equal("abcd", sink.Text);
    }

    [Fact]
    public async Task Run_NoWorker_HoldIsGivenBack()
    {
        JobResult result = await RunAsync(new RecordedAnswer());

        Assert.Equal(ErrorKinds.NoCapacity, Assert.IsType<JobFailure>(result).Error.Kind);
        AssertAbandoned();
    }

    [Fact]
    public async Task Run_SlotsCanNotBeReached_HoldIsGivenBackAndTheFaultGoesOn()
    {
        _bench = await JobRunnerBench.StartAsync(reply => reply.AnswerAsync("abcd"));
        _bench.Cluster.Slots.IsAway = true;

        await Assert.ThrowsAsync<ClusterUnavailableException>(() => _bench.RunAsync(_bench.Job(), new RecordedAnswer(), CancellationToken.None));

        AssertAbandoned();
    }

    [Fact]
    public async Task Run_StreamBreaksBehindTheFinish_AnswerIsGoodAndTheHoldWaitsForTheReceipt()
    {
        var sink = new RecordedAnswer();

        JobResult result = await RunAsync(sink, async reply =>
        {
            await reply.BeginAsync();
            await reply.TextAsync("abcd");
            await reply.FinishAsync();
            await Condition.HoldsAsync(() => sink.FinishReason is not null, "the finish came");
            reply.Break();
        });

        var answer = Assert.IsType<JobAnswer>(result);
        Assert.Equal(("stop", new TokenUsage(JobRunnerBench.PromptTokens, 0, 4)), (sink.FinishReason, answer.Usage));
        Assert.False(answer.IsReceiptVerified, "there is no receipt");
        Assert.Null(await answer.Charge);
        Assert.Empty(_bench.Cluster.Jobs.Completions);
        Assert.Empty(_bench.Cluster.Jobs.Abandonments);
    }

    [Fact]
    public async Task Run_ReceiptOfAnotherPrice_AnswerIsGoodAndNothingIsCharged()
    {
        JobResult result = await RunAsync(new RecordedAnswer(), async reply =>
        {
            await reply.BeginAsync();
            await reply.TextAsync("abcd");
            await reply.FinishAsync();
            await reply.FinalAsync(4, change: usage => usage with { Prices = Digest.Of("dearer"u8) });
        });

        Assert.Equal(new TokenUsage(JobRunnerBench.PromptTokens, 0, 4), Assert.IsType<JobAnswer>(result).Usage);
        AssertAbandoned();
        await ReleasedAsync(LeaseOutcome.Garbage);
    }

    [Fact]
    public async Task Run_ReceiptOfMoreThanCame_IsPaidForWhatCameAndTheTolerance()
    {
        JobResult result = await RunAsync(new RecordedAnswer(), async reply =>
        {
            await reply.BeginAsync();
            await reply.TextAsync("abcd");
            await reply.FinishAsync();
            await reply.FinalAsync(90);
        });

        Assert.Equal(6, Assert.IsType<JobAnswer>(result).Usage.Completion);
    }

    [Fact]
    public async Task Run_MoreTokensThanHeldFor_IsCutThere()
    {
        var sink = new RecordedAnswer();

        JobResult result = await RunAsync(
            sink,
            async reply =>
            {
                await reply.BeginAsync();
                for (int i = 0; i < 20; i++)
                {
                    await reply.TextAsync("a");
                }
            },
            maxCompletionTokens: 4);

        var answer = Assert.IsType<JobAnswer>(result);
        Assert.Equal(4, answer.Usage.Completion);
        Assert.Equal(("aaaaaa", "length"), (sink.Text, sink.FinishReason)); // Two more than paid for: texts may be split in more than one way.
    }

    [Fact]
    public async Task Run_NoWorkerCanBeginInTime_IsToldAsSuch()
    {
        JobResult result = await RunAsync(
            new JsonAnswer(), reply => reply.FailAsync(JobErrorCodes.DeadlineTooShort), reply => reply.FailAsync(JobErrorCodes.DeadlineTooShort));

        Assert.Equal(ErrorKinds.Deadline, Assert.IsType<JobFailure>(result).Error.Kind);
        AssertAbandoned();
        await ReleasedAsync(LeaseOutcome.Refused, LeaseOutcome.Refused);
    }

    [Fact]
    public async Task Run_SeveralAnswers_AreChargedTogetherAndThePromptOnce()
    {
        var sink = new JsonAnswer(choices: 3);

        int held = 0;

        JobResult result = await RunAsync(
            sink,
            async reply =>
            {
                held = reply.Job.MaxCompletionTokens;
                await reply.BeginAsync();
                await reply.RoleAsync(choice: 2);
                await reply.TextAsync("xy", choice: 2);
                await reply.TextAsync("abc");
                await reply.RoleAsync(choice: 1);
                await reply.TextAsync("ef", choice: 1);
                await reply.FinishAsync("length", choice: 1);
                await reply.TextAsync("d");
                await reply.FinishAsync();
                await reply.TextAsync("z", choice: 2);
                await reply.FinishAsync("stop", choice: 2);
                await reply.FinalAsync(9);
            },
            choices: 3);

        var answer = Assert.IsType<JobAnswer>(result);
        Assert.Equal(new TokenUsage(JobRunnerBench.PromptTokens, 0, 9), answer.Usage);
        Assert.Equal([("abcd", "stop"), ("ef", "length"), ("xyz", "stop")], sink.Choices.Select(choice => (choice.Text, choice.FinishReason)));
        Assert.Equal((300, 9L), (held, Completion().CountedCompletionTokens));
        await ReleasedAsync(LeaseOutcome.Completed);
    }

    /// <summary>The last record says how the first answer ended, not the one that ended last.</summary>
    [Fact]
    public async Task Run_SeveralAnswersAndAFinalOfAnotherEnd_NothingIsCharged()
    {
        JobResult result = await RunAsync(
            new JsonAnswer(choices: 2),
            async reply =>
            {
                await reply.BeginAsync();
                await reply.RoleAsync(choice: 1);
                await reply.TextAsync("ab");
                await reply.FinishAsync("length");
                await reply.TextAsync("cd", choice: 1);
                await reply.FinishAsync("stop", choice: 1);
                await reply.FinalAsync(4, "stop");
            },
            choices: 2);

        Assert.Equal(new TokenUsage(JobRunnerBench.PromptTokens, 0, 4), Assert.IsType<JobAnswer>(result).Usage);
        AssertAbandoned();
        await ReleasedAsync(LeaseOutcome.Garbage);
    }

    [Fact]
    public async Task Run_OneOfSeveralAnswersIsMissing_NothingIsGood()
    {
        JobResult result = await RunAsync(
            new JsonAnswer(choices: 2),
            async reply =>
            {
                await reply.BeginAsync();
                await reply.TextAsync("ab");
                await reply.FinishAsync();
                await reply.FinalAsync(2);
            },
            choices: 2);

        Assert.IsType<JobFailure>(result);
        await ReleasedAsync(LeaseOutcome.Garbage);
    }

    [Fact]
    public async Task Run_OneOfSeveralAnswersTooLong_AllAreCutThere()
    {
        var sink = new JsonAnswer(choices: 2);

        JobResult result = await RunAsync(
            sink,
            async reply =>
            {
                await reply.BeginAsync();
                await reply.RoleAsync(choice: 1);
                await reply.TextAsync("b", choice: 1);
                for (int i = 0; i < 20; i++)
                {
                    await reply.TextAsync("a");
                }
            },
            maxCompletionTokens: 4,
            choices: 2);

        Assert.Equal(7, Assert.IsType<JobAnswer>(result).Usage.Completion);
        Assert.Equal([("aaaaaa", "length"), ("b", "length")], sink.Choices.Select(choice => (choice.Text, choice.FinishReason)));
    }

    [Fact]
    public async Task Run_ClientLeaves_WorkerIsStoppedAndWhatItGeneratedIsCharged()
    {
        using var leaving = new CancellationTokenSource();
        var stopped = new TaskCompletionSource();
        var sink = new RecordedAnswer();
        _bench = await JobRunnerBench.StartAsync(async reply =>
        {
            await reply.BeginAsync();
            await reply.TextAsync("abc");
            await HangAsync(reply);
            _bench.Keep(reply.Abandon(5));
            stopped.SetResult();
        });
        Task<JobResult> running = _bench.RunAsync(_bench.Job(), sink, leaving.Token);
        await Condition.HoldsAsync(() => sink.Text == "abc", "the text came");

        await leaving.CancelAsync();

        Assert.IsType<JobLeft>(await running.WaitAsync(TestGateway.Deadline));
        Assert.True(stopped.Task.IsCompleted);
        await Condition.HoldsAsync(() => !_bench.Acknowledged.IsEmpty, "the receipt was acknowledged");
        JobCompletion completion = Completion();
        Assert.Equal((CompletionStatus.Cancelled, new TokenUsage(JobRunnerBench.PromptTokens, 0, 5)), (completion.Status, completion.Reported));
    }

    [Fact]
    public async Task Run_ClientLeavesBeforeTheFirstToken_HoldIsGivenBack()
    {
        using var leaving = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        _bench = await JobRunnerBench.StartAsync(async reply =>
        {
            await reply.BeginAsync();
            begun.SetResult();
            await HangAsync(reply);
        });
        Task<JobResult> running = _bench.RunAsync(_bench.Job(), new RecordedAnswer(), leaving.Token);
        await begun.Task.WaitAsync(TestGateway.Deadline);

        await leaving.CancelAsync();

        Assert.IsType<JobLeft>(await running.WaitAsync(TestGateway.Deadline));
        AssertAbandoned();
    }

    [Fact]
    public async Task Run_TimeIsOverInOneDocument_NothingIsCharged()
    {
        _bench = await JobRunnerBench.StartAsync(HangAfterTextAsync);

        JobResult result = await _bench.RunAsync(_bench.Job(limit: TimeSpan.FromMilliseconds(300)), new JsonAnswer(), CancellationToken.None);

        Assert.Equal(ErrorKinds.Deadline, Assert.IsType<JobFailure>(result).Error.Kind);
        AssertAbandoned();
    }

    [Fact]
    public async Task Run_TimeIsOverInAStream_HoldWaitsForTheReceiptOfWhatWasDelivered()
    {
        _bench = await JobRunnerBench.StartAsync(HangAfterTextAsync);

        ChatJob job = _bench.Job(limit: TimeSpan.FromMilliseconds(300));
        JobResult result = await _bench.RunAsync(job, new RecordedAnswer(), CancellationToken.None);

        ApiError error = Assert.IsType<JobFailure>(result).Error;
        Assert.Equal((ErrorKinds.Deadline, 3), (error.Kind, error.Metadata!["usage"]!["completion_tokens"]!.GetValue<long>()));
        Assert.Equal((null, 3), (_bench.Running.FindLease(job.JobId), _bench.Running.FindCounted(job.JobId)));
        Assert.Empty(_bench.Cluster.Jobs.Completions);
        Assert.Empty(_bench.Cluster.Jobs.Abandonments);
    }

    private static async Task BreakAfterTextAsync(WorkerReply reply)
    {
        await reply.BeginAsync();
        await reply.TextAsync("abc");
        await reply.FailAsync(JobErrorCodes.EngineFailed);
    }

    private static async Task HangAfterTextAsync(WorkerReply reply)
    {
        await reply.BeginAsync();
        await reply.TextAsync("abc");
        await HangAsync(reply);
    }

    /// <summary>Until the gateway lets go.</summary>
    private static async Task HangAsync(WorkerReply reply)
    {
        var gone = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = reply.Gone.Register(gone.SetResult);
        await gone.Task;
    }

    /// <summary>The name of a forced call stands in the prompt: the worker has spent none of its tokens on it.</summary>
    [Fact]
    public async Task Run_ForcedCallOfAllTokensLeased_IsWholeAndPaid()
    {
        const string arguments = "{ab:cdefg}";
        _bench = await JobRunnerBench.StartAsync(async reply =>
        {
            await reply.BeginAsync();
            await reply.CallAsync("a_function_with_a_long_name", arguments);
            await reply.FinishAsync("length");
            await reply.FinalAsync(arguments.Length, "length");
        });
        ChatJob job = _bench.Job(arguments.Length) with { ForcedCall = new ForcedCall("", "a_function_with_a_long_name", "{}") };
        var sink = new JsonAnswer();

        var answer = Assert.IsType<JobAnswer>(await _bench.RunAsync(job, sink, CancellationToken.None).WaitAsync(TestGateway.Deadline));

        Assert.Equal(("length", arguments.Length), (Assert.Single(sink.Choices).FinishReason, answer.Usage.Completion));
        Assert.True(answer.IsReceiptVerified, "the receipt is valid");
        await ReleasedAsync(LeaseOutcome.Completed);
    }

    private Task<JobResult> RunAsync(IAnswerSink sink, params Func<WorkerReply, Task>[] workers) => RunAsync(sink, workers, maxCompletionTokens: 100);

    private Task<JobResult> RunAsync(IAnswerSink sink, Func<WorkerReply, Task> worker, int maxCompletionTokens = 100, int choices = 1) =>
        RunAsync(sink, [worker], maxCompletionTokens, choices);

    private async Task<JobResult> RunAsync(IAnswerSink sink, Func<WorkerReply, Task>[] workers, int maxCompletionTokens, int choices = 1)
    {
        _bench = await JobRunnerBench.StartAsync(workers);
        ChatJob job = _bench.Job(maxCompletionTokens) with { Choices = choices };
        JobResult result = await _bench.RunAsync(job, sink, CancellationToken.None).WaitAsync(TestGateway.Deadline);
        await Condition.HoldsAsync(() => _bench.Running.FindLease(job.JobId) is null, "the job was settled");
        return result;
    }

    private JobCompletion Completion()
    {
        Assert.Empty(_bench.Cluster.Jobs.Abandonments);
        return Assert.Single(_bench.Cluster.Jobs.Completions);
    }

    private void AssertAbandoned()
    {
        Assert.Empty(_bench.Cluster.Jobs.Completions);
        Assert.Single(_bench.Cluster.Jobs.Abandonments);
    }

    private async Task ReleasedAsync(params LeaseOutcome[] outcomes)
    {
        await Condition.HoldsAsync(() => _bench.Cluster.Slots.Releases.Count == outcomes.Length, $"{outcomes.Length} leases were given back");
        Assert.Equal(outcomes, _bench.Cluster.Slots.Releases.Select(release => release.Outcome));
    }

    /// <summary>A stream's client: what came is out.</summary>
    private sealed class RecordedAnswer : IAnswerSink
    {
        private readonly StringBuilder _text = new();

        public bool HasDelivered => _text.Length > 0;

        public string Text
        {
            get
            {
                lock (_text)
                {
                    return _text.ToString();
                }
            }
        }

        public string? FinishReason { get; private set; }

        public ValueTask DeliverAsync(ReadOnlyMemory<byte> chunk, ChunkContent content)
        {
            lock (_text)
            {
                _text.Append(content.Text);
            }

            FinishReason = content.FinishReason;
            return ValueTask.CompletedTask;
        }

        public void Reset() => Assert.False(HasDelivered);
    }
}
