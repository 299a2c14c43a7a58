using System.Net;
using System.Net.Sockets;
using Orleans.Messaging;

namespace CocoonOrleans.Gateway.Cluster;

/// <summary>
/// The silos that Orleans' client may use: those of the settings until the cluster has said who is in it. A silo that leaves the list loses its connection
/// and what waits on it is asked elsewhere; by itself the client keeps a silo as long as its socket lives, and a process that stands still has one.
/// Thread-safe.
/// </summary>
public sealed class LiveGateways : IGatewayListProvider
{
    private readonly IReadOnlyList<IPEndPoint> _seeds;
    private readonly IReadOnlyList<DnsEndPoint> _named;
    private volatile IReadOnlyList<IPEndPoint> _live;
    private volatile bool _asksNames = true;
    private TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Begins with the settings.</summary>
    /// <param name="seeds">The client ports of silos; at least one. A name is looked up whenever the cluster has said nothing: it may stand for many silos.</param>
    public LiveGateways(IReadOnlyList<EndPoint> seeds)
    {
        _seeds = [.. seeds.OfType<IPEndPoint>()];
        _named = [.. seeds.OfType<DnsEndPoint>()];
        _live = _seeds;
    }

    /// <summary>The silos that may be used now.</summary>
    public IReadOnlyList<IPEndPoint> Live => _live;

    /// <summary>Ends when the next silo leaves the list, or loses its connection: what waits may wait for it.</summary>
    public Task SiloLeaves => Volatile.Read(ref _leaving).Task;

    /// <inheritdoc/>
    public TimeSpan MaxStaleness { get; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <summary>Takes what the cluster says; an empty list is not believed.</summary>
    /// <returns>Whether it is another list than before.</returns>
    public bool Set(IReadOnlyList<IPEndPoint> live)
    {
        ArgumentNullException.ThrowIfNull(live);
        _asksNames &= live.Count == 0;
        if (live.Count == 0 || live.ToHashSet().SetEquals(_live))
        {
            return false;
        }

        bool left = _live.Except(live).Any();
        _live = live;
        if (left)
        {
            TellThatOneLeft();
        }

        return true;
    }

    /// <summary>A silo is gone: whoever waits asks again.</summary>
    public void TellThatOneLeft() => Interlocked.Exchange(ref _leaving, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>Nobody answers: silos may have come back at other ports than were last heard of, or at those of the settings.</summary>
    public void Forget()
    {
        _live = [.. _seeds.Union(_live)];
        _asksNames = true;
    }

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<IList<Uri>> GetGateways()
    {
        IEnumerable<IPEndPoint> silos = _live;
        if (_asksNames && _named.Count > 0)
        {
            silos = silos.Union(await LookUpAsync());
        }

        return [.. silos.Select(static silo => silo.ToGatewayUri())];
    }

    private async Task<IReadOnlyList<IPEndPoint>> LookUpAsync()
    {
        var found = new List<IPEndPoint>();
        foreach (DnsEndPoint named in _named)
        {
            try
            {
                found.AddRange((await Dns.GetHostAddressesAsync(named.Host)).Select(address => new IPEndPoint(address, named.Port)));
            }
            catch (SocketException)
            {
                // Nobody has that name now: the others may do, and Orleans says that it finds no silo.
            }
        }

        return found;
    }
}
