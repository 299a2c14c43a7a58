using CocoonOrleans.Inference.Native;

namespace CocoonOrleans.Inference.Scheduling;

/// <summary>
/// The line before an engine's slots: the tenant that was given the fewest tokens is next, and of its requests the oldest. A tenant that was away is lifted to
/// the least of those that are there, so that nobody saves up ("virtual token counter": Sheng et al., Fairness in Serving Large Language Models,
/// OSDI 2024). Answers that had to give their part of the cache up stand before all others. A request of which no answer has a place goes before further answers of those that have one:
/// whoever sells slots counts requests. For one thread.
/// </summary>
internal sealed class FairQueue
{
    /// <summary>Tenants that are remembered while they have no request.</summary>
    public const int MaximumIdleTenants = 4096;

    private readonly Dictionary<string, Tenant> _tenants = [];
    private readonly HashSet<Tenant> _active = [];
    private readonly LinkedList<Sequence> _first = [];
    private long _floor;

    /// <summary>Requests that wait.</summary>
    public int Count { get; private set; }

    /// <summary>All requests that wait, in no order.</summary>
    public IEnumerable<Sequence> Waiting => WaitingInTurn.Select(waiting => waiting.Sequence);

    /// <summary>All requests that wait, each with how many are sure to go before it.</summary>
    public IEnumerable<(Sequence Sequence, int Ahead)> WaitingInTurn
    {
        get
        {
            var first = 0;
            foreach (var sequence in _first)
            {
                yield return (sequence, first);
                first += IsNewRequest(sequence) ? 1 : 0;
            }

            foreach (var tenant in _active)
            {
                var ahead = first;
                foreach (var sequence in tenant.Waiting)
                {
                    yield return (sequence, ahead);
                    ahead += IsNewRequest(sequence) ? 1 : 0;
                }
            }
        }
    }

    /// <summary>How many requests wait of which no answer has a place.</summary>
    public int WithoutPlace => Count == 0 ? 0 : Waiting.Where(IsWithoutPlace).Select(sequence => sequence.Places).Distinct().Count();

    /// <summary>A new request waits.</summary>
    public void Enqueue(Sequence sequence)
    {
        var tenant = TenantOf(sequence.TenantName);
        Enter(sequence, tenant);
        tenant.Waiting.AddLast(sequence);
    }

    /// <summary>Requests wait that came with one that had its turn: before all others of the same tenant.</summary>
    public void EnqueueFollowers(Sequence leader)
    {
        foreach (var follower in leader.Followers.Reverse())
        {
            follower.Number = leader.Number;
            Enter(follower, leader.Tenant);
            leader.Tenant.Waiting.AddFirst(follower);
        }
    }

    private void Enter(Sequence sequence, Tenant tenant)
    {
        if (tenant.Active++ == 0)
        {
            tenant.Served = Math.Max(tenant.Served, _active.Count == 0 ? _floor : _active.Min(other => other.Served));
            _active.Add(tenant);
        }

        sequence.Tenant = tenant;
        Count++;
    }

    /// <summary>A request that had a place waits before all others.</summary>
    public void ReturnFirst(Sequence sequence)
    {
        _first.AddFirst(sequence);
        Count++;
    }

    /// <summary>An answer that gave its place to a request without one waits before the others of its tenant.</summary>
    public void Return(Sequence sequence)
    {
        sequence.Tenant.Waiting.AddFirst(sequence);
        Count++;
    }

    /// <summary>Who is next; null for nobody.</summary>
    public Sequence? Peek() => Count == 0 ? null : Peek(IsWithoutPlace) ?? Peek(_ => true);

    private static bool IsWithoutPlace(Sequence sequence) => sequence.Places.Taken == 0;

    private static bool IsNewRequest(Sequence sequence) => sequence.Leader == sequence && IsWithoutPlace(sequence);

    private Sequence? Peek(Func<Sequence, bool> mayBe)
    {
        foreach (var sequence in _first)
        {
            if (mayBe(sequence))
            {
                return sequence;
            }
        }

        Sequence? next = null;
        foreach (var tenant in _active)
        {
            foreach (var oldest in tenant.Waiting)
            {
                if (mayBe(oldest))
                {
                    next = next is null || ByTurn(oldest, next) < 0 ? oldest : next;
                    break;
                }
            }
        }

        return next;
    }

    /// <summary>Takes a request out of the line.</summary>
    public void Remove(Sequence sequence)
    {
        if (sequence.Tenant.Waiting.Remove(sequence) || _first.Remove(sequence))
        {
            Count--;
        }
    }

    /// <summary>A request has ended.</summary>
    public void Leave(Sequence sequence)
    {
        if (--sequence.Tenant.Active == 0)
        {
            _active.Remove(sequence.Tenant);
            if (_active.Count == 0)
            {
                // Nobody gains by coming in an idle moment.
                _floor = Math.Max(_floor, sequence.Tenant.Served);
            }

            if (_tenants.Count - _active.Count > MaximumIdleTenants)
            {
                ForgetIdle();
            }
        }
    }

    /// <summary>Orders requests by their turns: the tenant that was given the fewest tokens first, and of its requests the oldest.</summary>
    public static int ByTurn(Sequence one, Sequence other)
        => one.Tenant.Served != other.Tenant.Served ? one.Tenant.Served.CompareTo(other.Tenant.Served) : one.Number.CompareTo(other.Number);

    // Whoever names no tenant is one of its own.
    private Tenant TenantOf(string? name)
    {
        if (name is null)
        {
            return new Tenant();
        }

        if (!_tenants.TryGetValue(name, out var tenant))
        {
            _tenants.Add(name, tenant = new Tenant());
        }

        return tenant;
    }

    private void ForgetIdle()
    {
        foreach (var name in _tenants.Where(pair => pair.Value.Active == 0).Select(pair => pair.Key).ToList())
        {
            _tenants.Remove(name);
        }
    }
}
