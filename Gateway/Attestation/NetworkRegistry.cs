using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Gateway.Workers;
using CocoonOrleans.Grains.Registries;
using CocoonOrleans.Tunnel.Handshakes;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>
/// What the network's registry on the chain allows, as the cluster read it: asked for every second. A worker with an image or a model that it doesn't list is not admitted, and one that is there is sealed nothing more and
/// let go of. Where the network has no registry, this gateway's own policy is all there is. It only ever narrows that policy: image manifests and roots stay this gateway's own.
/// </summary>
public sealed partial class NetworkRegistry(GrainCalls grains, WorkerConnections connections, TimeProvider time, ILogger<NetworkRegistry> logger)
    : ClusterWatch(TimeSpan.FromSeconds(1), time)
{
    private const long Unknown = -1;

    private readonly ILogger _logger = logger;
    private readonly TimeProvider _time = time;
    private volatile Known? _known;

    /// <summary>Whether a worker may be admitted by the registry now.</summary>
    /// <param name="statement">Its statement, verified.</param>
    /// <param name="cancellationToken">Ends the tries to ask the cluster, where it was never asked.</param>
    /// <returns>Why not; null where it may.</returns>
    /// <exception cref="ClusterUnavailableException">The cluster does not answer, and never has.</exception>
    public async Task<StatementFinding?> JudgeAsync(CheckedStatement statement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);

        // Before it was read, and where it is old, the cluster may know more by now.
        if (_known is not { } known || !known.IsFresh(_time.GetUtcNow()))
        {
            await RefreshAsync(cancellationToken);
            known = _known!;
        }

        return !known.IsFresh(_time.GetUtcNow())
            ? StatementFinding.Waits(new TunnelRefusal(
                TunnelRefusalCodes.RegistryUnreadable,
                "The network's registry on the chain can't be read, or what was read of it is too old: no new worker is admitted. It is not the worker's fault; it may try again."))
            : Fault(known, statement) is { } fault ? StatementFinding.Refused(fault) : null;
    }

    /// <inheritdoc/>
    protected override async Task AskAsync(CancellationToken cancellationToken)
    {
        RegistryAnswer answer = await grains.InvokeAsync((client, token) => client.GetGrain<IRegistryGrain>(0).GetAsync(_known?.Revision ?? Unknown, token), cancellationToken);
        Known? before = _known;
        _known = answer.Changed is null && before is not null && before.Revision == answer.Revision
            ? before with { IsUsed = answer.IsUsed, FreshUntil = answer.FreshUntil }
            : Known.Of(answer);
        await CloseAsync(_known);
    }

    /// <inheritdoc/>
    protected override void TellFailed(string reason) => LogFailed(reason);

    /// <summary>Of a registry that is old, too, what it took off is off; that it is old ends no session.</summary>
    private async Task CloseAsync(Known known)
    {
        (WorkerConnection Connection, TunnelRefusal Fault)[] unlisted =
            [.. connections.All.Select(connection => (connection, connection.Seal.Statement is { } statement ? Fault(known, statement)! : null!)).Where(static pair => pair.Item2 is not null)];
        foreach ((WorkerConnection connection, TunnelRefusal fault) in unlisted)
        {
            connection.Seal.Revoke();
            LogTakenOff(connection.WorkerId, fault.Message);
        }

        await Task.WhenAll(unlisted.Select(static pair => pair.Connection.Tunnel.CloseAsync(pair.Fault)));
    }

    private TunnelRefusal? Fault(Known known, CheckedStatement statement)
    {
        if (!known.IsUsed || known.Content is not { } content)
        {
            return null;
        }

        if (statement.Machine is { } machine)
        {
            DateTimeOffset now = _time.GetUtcNow();
            if (machine.Image?.ToString() is not { } image)
            {
                return Refusal(content, "which image it runs is not known here: name manifests in Gateway:Attestation:ImageFiles");
            }

            if (!known.Images.TryGetValue(image, out AllowedImage? allowed))
            {
                return Refusal(content, $"image {image} is not listed");
            }

            if (now < allowed.ValidFrom || now > allowed.ValidUntil)
            {
                return Refusal(content, $"image {image} is listed from {allowed.ValidFrom:u} to {allowed.ValidUntil:u}");
            }
        }

        return known.Models.Count > 0 && statement.Bound.Statement.Models.Select(static model => model.ToString()).FirstOrDefault(model => !known.Models.Contains(model)) is { } unlisted
            ? Refusal(content, $"model {unlisted} is not listed")
            : null;
    }

    private static TunnelRefusal Refusal(RegistryContent content, string fault) =>
        new(TunnelRefusalCodes.NotListed, $"The network's registry ({content.Registry}, version {content.Version}) does not allow it: {fault}. Its owners decide; see ./cocoon registry show.");

    [LoggerMessage(LogLevel.Warning, "Worker {WorkerId} is not allowed by the registry any more, and its tunnel is closed: {Reason}")]
    private partial void LogTakenOff(string workerId, string reason);

    [LoggerMessage(LogLevel.Warning, "What the registry allows can't be asked for; the last answer stays in force: {Reason}")]
    private partial void LogFailed(string reason);

    private sealed record Known(bool IsUsed, long Revision, DateTimeOffset FreshUntil, RegistryContent? Content)
    {
        public Dictionary<string, AllowedImage> Images { get; private init; } = [];

        public HashSet<string> Models { get; private init; } = [];

        public static Known Of(RegistryAnswer answer) => new(answer.IsUsed, answer.Revision, answer.FreshUntil, answer.Changed)
        {
            Images = answer.Changed?.Images.ToDictionary(static image => image.Id) ?? [],
            Models = answer.Changed is { } content ? [.. content.Models] : [],
        };

        public bool IsFresh(DateTimeOffset now) => !IsUsed || (Content is not null && now <= FreshUntil);
    }
}
