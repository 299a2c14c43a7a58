using CocoonOrleans.Gateway.Completions;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Market.Prices;
using CocoonOrleans.Tests.Unit.Tunnel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Completions;

public sealed class CompletionQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TestCluster _cluster = TestCluster.Create();
    private readonly RunningJobs _running = new();
    private readonly GatewayOptions _options = new();
    private readonly CompletionQueue _queue;
    private readonly Guid _job = Guid.NewGuid();

    public CompletionQueueTests()
    {
        var metrics = new GatewayMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), _time);
        _queue = new CompletionQueue(_cluster.Calls(_time), _running, Options.Create(_options), metrics, _time, NullLogger<CompletionQueue>.Instance);
        _running.TryAdd(_job);
    }

    private TestJobs Jobs => _cluster.Jobs;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Complete_LedgerAnswers_IsBookedAtOnce()
    {
        JobCompletionResult? result = await _queue.CompleteAsync(_job, Completion(), worker: null);

        Assert.Equal(JobCompletionStatus.Captured, result?.Status);
        Assert.Null(_running.FindLease(_job));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Complete_ClusterAwayForAWhile_IsTriedUntilItIsBooked()
    {
        Jobs.Away = 5;

        Task<JobCompletionResult?> task = _queue.CompleteAsync(_job, Completion(), worker: null);

        Assert.False(task.IsCompleted);
        Assert.NotNull(_running.FindLease(_job));
        await PassTimeAsync(task);
        Assert.Equal(JobCompletionStatus.Captured, (await task)?.Status);
        Assert.Equal(6, Jobs.Calls);
        Assert.Null(_running.FindLease(_job));
    }

    [Fact]
    public async Task Complete_AnswerWasLost_IsRepeatedAndGivesTheFirstResult()
    {
        Jobs.AnswersToLose = 1;

        Task<JobCompletionResult?> task = _queue.CompleteAsync(_job, Completion(), worker: null);
        await PassTimeAsync(task);

        Assert.Equal(Completion().Price.Charge(Completion().Reported), (await task)?.Captured);
        Assert.Equal(2, Jobs.Calls);
        Assert.Single(Jobs.Completions);
    }

    [Fact]
    public async Task Complete_ClusterAwayForTooLong_IsGivenUp()
    {
        Jobs.Away = int.MaxValue;

        Task<JobCompletionResult?> task = _queue.CompleteAsync(_job, Completion(), worker: null);
        await PassTimeAsync(task);

        Assert.Null(await task);
        Assert.Null(_running.FindLease(_job));
        await Condition.HoldsAsync(() => _queue.Count == 0, "nothing waits");
    }

    [Fact]
    public async Task Complete_GrainRefusesTheMessage_IsGivenUpAtOnce()
    {
        Jobs.Gate = Task.FromException(new ArgumentException("No such thing."));

        Assert.Null(await _queue.CompleteAsync(_job, Completion(), worker: null).WaitAsync(TestGateway.Deadline));
        Assert.Equal(1, Jobs.Calls);
    }

    [Fact]
    public async Task Complete_AnswerTakesLong_PausesGrowToTenSeconds()
    {
        Jobs.Away = int.MaxValue;
        _ = _queue.CompleteAsync(_job, Completion(), worker: null);

        await PassTimeAsync(TimeSpan.FromMinutes(2));

        Assert.InRange(Jobs.Calls, 12, 24); // 0.25, 0.5, 1, 2, 4, 8, then 10 s and up to a quarter more.
    }

    [Fact]
    public async Task Complete_TooManyWait_IsGivenUpAtOnce()
    {
        Jobs.Gate = new TaskCompletionSource().Task;
        for (int i = 0; i < CompletionQueue.MaxPending; i++)
        {
            _ = _queue.CompleteAsync(Guid.NewGuid(), Completion(), worker: null);
        }

        Assert.Null(await _queue.CompleteAsync(_job, Completion(), worker: null).WaitAsync(TestGateway.Deadline));
        Assert.Equal(CompletionQueue.MaxPending, _queue.Count);
    }

    [Fact]
    public async Task Abandon_ClusterAwayForAWhile_IsTriedUntilTheHoldIsGivenBack()
    {
        Jobs.Away = 3;

        Task task = _queue.AbandonAsync(_job, "acct-1", "no_capacity");
        await PassTimeAsync(task);

        Assert.Equal(new JobAbandonment("acct-1", "no_capacity"), Assert.Single(Jobs.Abandonments));
        Assert.Null(_running.FindLease(_job));
    }

    [Fact]
    public async Task Stop_ChargeUnderWay_WaitsForIt()
    {
        var gate = new TaskCompletionSource();
        Jobs.Gate = gate.Task;
        _ = _queue.CompleteAsync(_job, Completion(), worker: null);

        Task stopping = _queue.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();

        await stopping.WaitAsync(TestGateway.Deadline);
        Assert.Single(Jobs.Completions);
    }

    [Fact]
    public async Task Stop_HostWaitsNoLonger_Ends()
    {
        Jobs.Gate = new TaskCompletionSource().Task;
        _ = _queue.CompleteAsync(_job, Completion(), worker: null);

        await _queue.StopAsync(new CancellationToken(canceled: true)).WaitAsync(TestGateway.Deadline);

        Assert.Equal(1, _queue.Count);
    }

    private static JobCompletion Completion() => new(
        "acct-1", new string('w', 64), "provider-1", new TokenPrices(new(1_000_000), new(1_000_000), new(2_000_000)), new TokenUsage(10, 0, 5), 10, 5, CompletionStatus.Complete, null);

    private Task PassTimeAsync(Task until) => Condition.HoldsAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return until.IsCompleted;
        },
        "it was settled");

    private async Task PassTimeAsync(TimeSpan span)
    {
        DateTimeOffset end = _time.GetUtcNow() + span;
        await Condition.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _time.GetUtcNow() >= end;
            },
            "the time went by");
    }
}
