using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Dispatch;
using CocoonOrleans.Gateway.Embeddings;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

/// <summary>Jobs that ask for vectors, through the same runner as chats: what a worker may send, and what it is paid.</summary>
public sealed class EmbeddingsRunTests : IAsyncDisposable
{
    private static readonly float[] Good = [1, 2, 3, 4, 5, 6];

    private static readonly Dictionary<string, Func<WorkerReply, Task>> Lies = new()
    {
        ["too few numbers"] = reply => SayAsync(reply, [1, 2, 3, 4, 5]),
        ["too many numbers"] = reply => SayAsync(reply, [1, 2, 3, 4, 5, 6, 7]),
        ["one more record"] = async reply =>
        {
            await reply.BeginVectorsAsync();
            await reply.NumbersAsync(1, 2, 3, 4, 5);
            await reply.NumbersAsync(6, 7);
        },
        ["no number"] = reply => SayAsync(reply, [1, 2, float.NaN, 4, 5, 6]),
        ["an infinity"] = reply => SayAsync(reply, [1, 2, 3, 4, 5, float.NegativeInfinity]),
        ["half a number"] = async reply =>
        {
            await reply.BeginVectorsAsync();
            await reply.BytesAsync([1, 2, 3, 4, 5, 6]);
        },
        ["an end without vectors"] = async reply =>
        {
            await reply.BeginVectorsAsync();
            await reply.FinalAsync(0);
        },
        ["chunks of a chat"] = reply => reply.AnswerAsync("abcd"),
        ["a fault in the middle"] = async reply =>
        {
            await reply.BeginVectorsAsync();
            await reply.NumbersAsync(9, 9, 9);
            await reply.FailAsync(JobErrorCodes.EngineFailed);
        },
    };

    private JobRunnerBench _bench = null!;

    public static TheoryData<string> EveryLie => [.. Lies.Keys];

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Run_GoodVectors_PromptAloneIsChargedByTheReceipt()
    {
        (JobResult result, EmbeddingsAnswer vectors) = await RunAsync(async reply =>
        {
            Assert.Equal((JobKind.Embeddings, 0), (reply.Job.Kind, reply.Job.MaxCompletionTokens));
            await reply.BeginVectorsAsync();

            // Numbers may be cut anywhere.
            await reply.NumbersAsync(1, 2);
            byte[] rest = [.. Good[2..].SelectMany(BitConverter.GetBytes)];
            await reply.BytesAsync(rest[..5]);
            await reply.BytesAsync(rest[5..6]);
            await reply.BytesAsync(rest[6..]);
            await reply.FinalAsync(0);
        });

        var answer = Assert.IsType<JobAnswer>(result);
        Assert.Equal(Good[..3], vectors.Vector(0).ToArray());
        Assert.Equal(Good[3..], vectors.Vector(1).ToArray());
        Assert.Equal(new TokenUsage(JobRunnerBench.PromptTokens, 0, 0), answer.Usage);
        JobCompletion completion = Assert.Single(_bench.Cluster.Jobs.Completions);
        JobCompletionResult? charge = await answer.Charge;
        Assert.Equal((CompletionStatus.Complete, new TokenUsage(JobRunnerBench.PromptTokens, 0, 0)), (completion.Status, completion.Reported));
        Assert.Equal(JobRunnerBench.PromptTokens, charge!.Captured.Value);
        Assert.Equal(LeaseOutcome.Completed, Assert.Single(_bench.Cluster.Slots.Releases).Outcome);
    }

    [Theory]
    [MemberData(nameof(EveryLie))]
    public async Task Run_WorkerSendsWhatIsNoAnswer_TheNextOnesVectorsAreTaken(string lie)
    {
        (JobResult result, EmbeddingsAnswer vectors) = await RunAsync(Lies[lie], reply => SayAsync(reply, Good));

        Assert.Equal(_bench.WorkerId(1), Assert.IsType<JobAnswer>(result).Worker.WorkerId);
        Assert.Equal(Good, (float[])[.. vectors.Vector(0), .. vectors.Vector(1)]);
        Assert.Equal(_bench.WorkerId(1), Assert.Single(_bench.Cluster.Jobs.Completions).WorkerId);
    }

    [Fact]
    public async Task Run_ReceiptOfAnotherModel_VectorsStandAndTheWorkerIsPaidNothing()
    {
        (JobResult result, _) = await RunAsync(async reply =>
        {
            await reply.BeginVectorsAsync();
            await reply.NumbersAsync(Good);
            await reply.FinalAsync(0, change: usage => usage with { ModelManifest = default });
        });

        Assert.IsType<JobAnswer>(result);
        Assert.Empty(_bench.Cluster.Jobs.Completions);
        Assert.Single(_bench.Cluster.Jobs.Abandonments);
    }

    [Fact]
    public async Task Run_ReceiptOfFarMoreTokens_IsPaidForTheGatewaysOwnCount()
    {
        (JobResult result, _) = await RunAsync(async reply =>
        {
            await reply.BeginVectorsAsync();
            await reply.NumbersAsync(Good);
            await reply.FinalAsync(1_000_000);
        });

        Assert.Equal(new TokenUsage(JobRunnerBench.PromptTokens, 0, 0), Assert.IsType<JobAnswer>(result).Usage);
    }

    [Fact]
    public async Task Run_ClientLeaves_HoldIsGivenBack()
    {
        using var left = new CancellationTokenSource();
        _bench = await JobRunnerBench.StartAsync(async reply =>
        {
            await reply.BeginVectorsAsync();
            await reply.NumbersAsync(1, 2);
            await left.CancelAsync();
            var gone = new TaskCompletionSource();
            await using CancellationTokenRegistration registration = reply.Gone.Register(gone.SetResult);
            await gone.Task;
        });
        EmbeddingsJob job = _bench.Embeddings();

        JobResult result = await _bench.Runner.RunAsync(job, Answer(job), left.Token).WaitAsync(TestGateway.Deadline);

        Assert.IsType<JobLeft>(result);
        Assert.Empty(_bench.Cluster.Jobs.Completions);
        Assert.Single(_bench.Cluster.Jobs.Abandonments);
    }

    [Fact]
    public async Task Run_EveryWorkerBlamesTheRequest_TheClientIsToldWhatTheySay()
    {
        (JobResult result, _) = await RunAsync(reply => reply.FailAsync("unsupported_model"), reply => reply.FailAsync("unsupported_model"));

        Assert.Equal(ErrorKinds.UnsupportedModel, Assert.IsType<JobFailure>(result).Error.Kind);
        Assert.Single(_bench.Cluster.Jobs.Abandonments);
    }

    private EmbeddingsAnswer Answer(EmbeddingsJob job) => new(job, _bench.Metrics, TimeProvider.System);

    private async Task<(JobResult Result, EmbeddingsAnswer Vectors)> RunAsync(params Func<WorkerReply, Task>[] workers)
    {
        _bench = await JobRunnerBench.StartAsync(workers);
        EmbeddingsJob job = _bench.Embeddings();
        EmbeddingsAnswer vectors = Answer(job);
        JobResult result = await _bench.Runner.RunAsync(job, vectors, CancellationToken.None).WaitAsync(TestGateway.Deadline);
        await Condition.HoldsAsync(() => _bench.Running.FindLease(job.JobId) is null, "the job was settled");
        await Condition.HoldsAsync(() => _bench.Cluster.Slots.Releases.Count == workers.Length, "all leases were given back");
        return (result, vectors);
    }

    private static async Task SayAsync(WorkerReply reply, float[] numbers)
    {
        await reply.BeginVectorsAsync();
        await reply.NumbersAsync(numbers);
        await reply.FinalAsync(0);
    }
}
