using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Attestation;
using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>
/// What may serve nobody any more, as the cluster says it: asked for four times a second, and acted upon at once. A worker that it names is sealed nothing from that moment on, and its tunnel is closed, which
/// ends what runs there. While the cluster is away the last list stays in force.
/// </summary>
public sealed partial class Revocations(GrainCalls grains, WorkerConnections connections, TimeProvider time, ILogger<Revocations> logger)
    : ClusterWatch(TimeSpan.FromMilliseconds(250), time)
{
    private readonly ILogger _logger = logger;
    private volatile RevocationList _list = new(-1, []);

    /// <summary>The revocation that names a worker, its machine, image or measurement; null where none does.</summary>
    public Revocation? Find(WorkerConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        VerifiedMachine? machine = connection.Seal.Statement?.Machine;
        return _list.Revocations.FirstOrDefault(revocation => revocation.Value == revocation.Kind switch
        {
            RevocationKind.Worker => connection.WorkerId,
            RevocationKind.Platform => machine?.Platform.ToString(),
            RevocationKind.Image => machine?.Image?.ToString(),
            RevocationKind.Measurement => machine?.Measurement,
            _ => null,
        });
    }

    /// <summary>What a revoked worker is told.</summary>
    public static TunnelRefusal Refusal(Revocation revocation)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        return new TunnelRefusal(
            TunnelRefusalCodes.Revoked,
            $"The {revocation.Kind.ToString().ToLowerInvariant()} {revocation.Value} was revoked at {revocation.Since:u}: {revocation.Reason}. Ask the network's operator.");
    }

    /// <inheritdoc/>
    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        if (await grains.InvokeAsync((client, token) => client.GetGrain<IRevocationGrain>(0).GetAsync(_list.Version, token), cancellationToken) is { } changed)
        {
            _list = changed;
            await CloseAsync();
        }
    }

    /// <inheritdoc/>
    protected override void TellFailed(string reason) => LogFailed(reason);

    /// <summary>First nothing more is sealed to any of them, then each is told and let go of.</summary>
    private async Task CloseAsync()
    {
        (WorkerConnection Connection, Revocation Revocation)[] revoked = [.. connections.All.Select(connection => (connection, Find(connection)!)).Where(static pair => pair.Item2 is not null)];
        foreach ((WorkerConnection connection, Revocation revocation) in revoked)
        {
            connection.Seal.Revoke();
            LogRevoked(connection.WorkerId, revocation.Kind, revocation.Reason);
        }

        await Task.WhenAll(revoked.Select(static pair => pair.Connection.Tunnel.CloseAsync(Refusal(pair.Revocation))));
    }

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} is revoked by its {Kind}, and its tunnel is closed: {Reason}")]
    private partial void LogRevoked(string workerId, RevocationKind kind, string reason);

    [LoggerMessage(LogLevel.Warning, "The list of revocations can't be read; the last one stays in force: {Reason}")]
    private partial void LogFailed(string reason);
}
