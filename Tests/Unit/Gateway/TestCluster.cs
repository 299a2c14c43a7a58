using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Grains.Attestation;
using CocoonOrleans.Grains.Channels;
using CocoonOrleans.Grains.Jobs;
using CocoonOrleans.Grains.Registries;
using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Market;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Gateway;

/// <summary>The cluster as the gateway's calls meet it: a job and workers that remember what they were told. The grains themselves are tested with silos.</summary>
public class TestCluster : DispatchProxy
{
    internal TestJobs Jobs { get; } = new();

    internal TestSlots Slots { get; } = new();

    internal TestRevocations Revocations { get; } = new();

    internal TestRegistry Registry { get; } = new();

    internal static TestCluster Create() => (TestCluster)(object)Create<IClusterClient, TestCluster>();

    /// <summary>The gateway's calls to it, each tried once, so that only the caller's own repeats are seen.</summary>
    internal GrainCalls Calls(TimeProvider time) => new((IClusterClient)(object)this, new LiveGateways([new IPEndPoint(IPAddress.Loopback, 1)]), Options.Create(new ClusterOptions { Attempts = 1 }), time);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.ReturnType == typeof(IJobGrain) ? Jobs
        : targetMethod?.ReturnType == typeof(IWorkerGrain) ? Slots
        : targetMethod?.ReturnType == typeof(IRevocationGrain) ? Revocations
        : targetMethod?.ReturnType == typeof(IRegistryGrain) ? Registry
        : throw new NotSupportedException($"{targetMethod} is not needed here.");
}

/// <summary>One job: books what it comes to, once; may be away for some calls, or lose its answer.</summary>
internal sealed class TestJobs : IJobGrain
{
    private JobCompletionResult? _booked;

    /// <summary>How many of the next calls fail.</summary>
    public int Away { get; set; }

    /// <summary>How many of the next completions are booked, and the answer lost.</summary>
    public int AnswersToLose { get; set; }

    /// <summary>Where set, calls wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public int Calls { get; private set; }

    public ConcurrentQueue<JobCompletion> Completions { get; } = [];

    public ConcurrentQueue<JobAbandonment> Abandonments { get; } = [];

    public async Task<JobCompletionResult> CompleteAsync(JobCompletion completion, CancellationToken cancellationToken)
    {
        await CallAsync();
        if (_booked is null)
        {
            Completions.Enqueue(completion);
            Nano charge = completion.Price.Charge(completion.Reported);
            _booked = new JobCompletionResult(JobCompletionStatus.Captured, charge, charge, Nano.Zero);
        }

        return AnswersToLose-- > 0 ? throw new TimeoutException("The answer was lost.") : _booked;
    }

    public async Task<JobView?> AbandonAsync(JobAbandonment abandonment, CancellationToken cancellationToken)
    {
        await CallAsync();
        Abandonments.Enqueue(abandonment);
        return null;
    }

    public Task<JobStartResult> StartAsync(JobStart start, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<JobView?> GetAsync(string accountId, CancellationToken cancellationToken) => throw new NotSupportedException();

    private async Task CallAsync()
    {
        Calls++;
        if (Away-- > 0)
        {
            throw new TimeoutException("Nobody answered.");
        }

        await Gate;
    }
}

/// <summary>Gives a slot to whoever asks, and remembers how each lease ended.</summary>
internal sealed class TestSlots : IWorkerGrain
{
    public bool IsAway { get; set; }

    public ConcurrentQueue<LeaseRelease> Releases { get; } = [];

    public Task<LeaseResult> TryLeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        IsAway ? throw new TimeoutException("Nobody answered.") : Task.FromResult(new LeaseResult(Guid.NewGuid(), LeaseRefusal.None));

    public Task ReleaseAsync(LeaseRelease release, CancellationToken cancellationToken)
    {
        Releases.Enqueue(release);
        return Task.CompletedTask;
    }

    public Task<WorkerSession> RegisterAsync(WorkerRegistration registration, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<OfferDecision>> PostOffersAsync(WorkerOffers offers, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<HeartbeatResult> HeartbeatAsync(WorkerHeartbeat heartbeat, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DisconnectAsync(WorkerDisconnect disconnect, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ChannelVoucher?> GetVoucherAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<WorkerView?> GetAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>The list of what is revoked, as the test says.</summary>
internal sealed class TestRevocations : IRevocationGrain
{
    public bool IsAway { get; set; }

    public RevocationList List { get; set; } = new(0, []);

    public int Calls { get; private set; }

    public Task<RevocationList?> GetAsync(long knownVersion, CancellationToken cancellationToken)
    {
        Calls++;
        return IsAway ? throw new TimeoutException("Nobody answered.") : Task.FromResult(List.Version == knownVersion ? null : List);
    }

    public Task<Revocation?> FindAsync(string workerId, string? platformId, string? imageId, string? measurement, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<Revocation> RevokeAsync(Revocation revocation, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> RestoreAsync(RevocationKind kind, string value, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>What the cluster knows of the registry, as the test says.</summary>
internal sealed class TestRegistry : IRegistryGrain
{
    public bool IsAway { get; set; }

    public RegistryAnswer Answer { get; set; } = new(IsUsed: false, 0, default, null);

    public Task<RegistryAnswer> GetAsync(long knownRevision, CancellationToken cancellationToken) => IsAway
        ? throw new TimeoutException("Nobody answered.")
        : Task.FromResult(Answer.Revision == knownRevision ? Answer with { Changed = null } : Answer);
}
