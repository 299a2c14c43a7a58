using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Operations;

namespace CocoonOrleans.Tests.Cluster.Accounts;

public sealed class LedgerCommitsTests
{
    private readonly List<IReadOnlyList<LedgerOperation>> _batches = [];
    private TaskCompletionSource _gate = new();

    [Fact]
    public async Task Commit_WhileOneIsInFlight_SharesTheNextOne()
    {
        LedgerCommits commits = Create(100);
        Task<IReadOnlyList<LedgerResult>> first = commits.CommitAsync([Revoke(0)], CancellationToken.None);
        Task<IReadOnlyList<LedgerResult>>[] others = [.. Enumerable.Range(1, 20).Select(key => commits.CommitAsync([Revoke(key)], CancellationToken.None))];

        Open();
        await first;
        IReadOnlyList<LedgerResult>[] results = await Task.WhenAll(others);

        Assert.Equal([1, 20], _batches.Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(1, 20).Select(Name), results.Select(result => Assert.IsType<ApiKeyRefused>(Assert.Single(result)).KeyId));
    }

    [Fact]
    public async Task Commit_SeveralOperations_GetTheirResultsInOrder()
    {
        LedgerCommits commits = Create(100);
        Open();

        IReadOnlyList<LedgerResult> results = await commits.CommitAsync([Revoke(1), Revoke(2)], CancellationToken.None);

        Assert.Equal([Name(1), Name(2)], results.Cast<ApiKeyRefused>().Select(result => result.KeyId));
    }

    [Fact]
    public async Task Commit_QueueFull_IsRefusedAtOnce()
    {
        LedgerCommits commits = Create(2);
        Task<IReadOnlyList<LedgerResult>> inFlight = commits.CommitAsync([Revoke(0)], CancellationToken.None);
        Task<IReadOnlyList<LedgerResult>> waiting = commits.CommitAsync([Revoke(1), Revoke(2)], CancellationToken.None);

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => commits.CommitAsync([Revoke(3)], CancellationToken.None));
        Open();
        await inFlight;
        await waiting;
    }

    [Fact]
    public async Task Commit_CancelledBeforeItBegins_IsNotDone()
    {
        LedgerCommits commits = Create(100);
        using var cancelled = new CancellationTokenSource();
        Task<IReadOnlyList<LedgerResult>> inFlight = commits.CommitAsync([Revoke(0)], CancellationToken.None);
        Task<IReadOnlyList<LedgerResult>> dropped = commits.CommitAsync([Revoke(1)], cancelled.Token);
        Task<IReadOnlyList<LedgerResult>> kept = commits.CommitAsync([Revoke(2)], CancellationToken.None);
        await cancelled.CancelAsync();

        Open();
        await inFlight;
        await kept;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dropped);
        Assert.DoesNotContain(Revoke(1), _batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task Commit_Fails_EachCallerHearsItAndTheNextBatchGoesOn()
    {
        LedgerCommits commits = Create(100);
        Task<IReadOnlyList<LedgerResult>> first = commits.CommitAsync([Revoke(0)], CancellationToken.None);
        _gate.SetException(new LedgerUnavailableException("disk full"));
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => first);

        _gate = new TaskCompletionSource();
        Open();

        Assert.Single(await commits.CommitAsync([Revoke(1)], CancellationToken.None));
    }

    [Fact]
    public async Task Commit_MoreThanOneCallTakes_IsSplit()
    {
        LedgerCommits commits = Create(10_000);
        Task<IReadOnlyList<LedgerResult>> first = commits.CommitAsync([Revoke(0)], CancellationToken.None);
        Task<IReadOnlyList<LedgerResult>>[] others = [.. Enumerable.Range(1, 1500).Select(key => commits.CommitAsync([Revoke(key)], CancellationToken.None))];

        Open();
        await first;
        await Task.WhenAll(others);

        Assert.Equal([1, 1024, 476], _batches.Select(batch => batch.Count));
    }

    private static RevokeApiKey Revoke(int key) => new(Name(key));

    private static string Name(int key) => $"acct.{key:x8}";

    private LedgerCommits Create(int queueLength) => new(CommitAsync, queueLength);

    private void Open() => _gate.SetResult();

    private async Task<IReadOnlyList<LedgerResult>> CommitAsync(IReadOnlyList<LedgerOperation> batch, CancellationToken cancellationToken)
    {
        _batches.Add(batch);
        await _gate.Task;
        return [.. batch.Select(operation => new ApiKeyRefused(((RevokeApiKey)operation).KeyId, Revoked: false))];
    }
}
