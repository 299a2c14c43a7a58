using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Gateway.Attestation;

namespace CocoonOrleans.Tests.Unit.Gateway.Sealing;

/// <summary>Clients' nonces on their way to a worker: bounded, and a request at a time.</summary>
public sealed class FreshQueueTests : IAsyncLifetime
{
    private readonly AttestedWorld _attested = AttestedWorld.Create();
    private readonly FreshQueue _queue = new();
    private readonly List<int> _requests = [];
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _attested.DisposeAsync();

    [Fact]
    public async Task Ask_ManyAtOnce_GoToTheWorkerInFewRequestsAndEachGetsItsOwn()
    {
        Task<FreshFinding?>[] asked = [.. Enumerable.Range(0, 100).Select(number => AskAsync(number))];
        _gate.SetResult();
        FreshFinding?[] found = await Task.WhenAll(asked);

        Assert.Equal([1, 64, 35], _requests);
        Assert.Equal(Enumerable.Range(0, 100).Select(Nonce), found.Select(finding => new Digest(finding!.Proof.Span)));
    }

    [Fact]
    public async Task Ask_MoreThanMayWait_AreTurnedAway()
    {
        Task<FreshFinding?>[] asked = [.. Enumerable.Range(0, FreshQueue.MostWaiting + 50).Select(number => AskAsync(number))];
        int turnedAway = asked.Count(task => task.IsCompleted);
        _gate.SetResult();
        FreshFinding?[] found = await Task.WhenAll(asked);

        // One was on its way when the others came.
        Assert.Equal((49, 49), (turnedAway, found.Count(finding => finding is null)));
        Assert.NotNull(await AskAsync(7));
    }

    [Fact]
    public void Seal_FreshStatements_CanBeNamedUntilTheyEndAndAreBounded()
    {
        using var seal = new WorkerSeal(_attested.Time);
        Assert.True(seal.TryRenew(CheckedStatement.SelfSigned(_attested.Worker.Statement), out _));
        CheckedStatement[] fresh = [.. Enumerable.Range(0, 70).Select(number => CheckedStatement.SelfSigned(BoundStatement.Of(_attested.Worker.Statement.Statement with { NonceRoot = Nonce(number) })))];

        Assert.All(fresh, statement => Assert.True(seal.TryAddFresh(statement)));
        Assert.Equal(64, fresh.Count(statement => seal.Find(statement.Bound.Hash) is not null));
        Assert.Equal(_attested.Worker.Statement.Hash, seal.Statement?.Bound.Hash);

        _attested.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Null(seal.Find(fresh[^1].Bound.Hash));
        Assert.False(seal.TryAddFresh(fresh[0]));
    }

    private static Digest Nonce(int number) => Digest.Of(BitConverter.GetBytes(number));

    private Task<FreshFinding?> AskAsync(int number) => _queue.AskAsync(Nonce(number), most: 64, async nonces =>
    {
        _requests.Add(nonces.Count);
        await _gate.Task;
        return [.. nonces.Select(nonce => new FreshFinding(CheckedStatement.SelfSigned(_attested.Worker.Statement), default, nonce.ToArray()))];
    });
}
