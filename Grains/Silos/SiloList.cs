namespace CocoonOrleans.Grains.Silos;

/// <summary>The table of members, read at most four times a second however many ask: gateways do so all the time. Thread-safe.</summary>
internal sealed class SiloList(IMembershipTable table, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private Task<IReadOnlyList<SiloMember>>? _reading;
    private long _begunAt;

    /// <summary>The silos as they were a quarter of a second ago or later.</summary>
    public Task<IReadOnlyList<SiloMember>> ReadAsync()
    {
        lock (_lock)
        {
            if (_reading is null || _reading.IsFaulted || (_reading.IsCompleted && clock.GetElapsedTime(_begunAt) >= Fresh))
            {
                _begunAt = clock.GetTimestamp();
                _reading = ReadTableAsync();
            }

            return _reading;
        }
    }

    private async Task<IReadOnlyList<SiloMember>> ReadTableAsync()
    {
        MembershipTableData members = await table.ReadAllAsync();
        return
        [
            .. members.Members.Select(member => member.Item1).Select(member => new SiloMember(
                member.SiloName ?? "",
                member.SiloAddress.Endpoint.Address.ToString(),
                member.SiloAddress.Endpoint.Port,
                member.ProxyPort,
                member.Status.ToString(),
                Utc(member.StartTime),
                Utc(member.IAmAliveTime))),
        ];
    }

    // Tables give the time without saying that it is UTC.
    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
