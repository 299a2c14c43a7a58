using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Messages;
using CocoonOrleans.Ton.Vouchers;

namespace CocoonOrleans.Ton.Registries;

/// <summary>A registry as of one masterchain block, each entry read by itself: one that can't be read allows nothing, and spoils no other.</summary>
public sealed record RegistrySnapshot
{
    private RegistrySnapshot()
    {
    }

    /// <summary>See <see cref="TonNetwork"/>.</summary>
    public required int Network { get; init; }

    /// <summary>Where it is. The address is the hash of the code and the first owners, entries and parameters, and the chain lets no other code live there.</summary>
    public required TonAddress Address { get; init; }

    /// <summary>The masterchain block.</summary>
    public required uint Seqno { get; init; }

    /// <summary>The chain's clock, Unix time in seconds. Its age counts from here, so an endpoint that stands still is no fresh one.</summary>
    public required uint Time { get; init; }

    /// <summary>What is stored.</summary>
    public required RegistryState State { get; init; }

    /// <summary>Images by their ids.</summary>
    public required IReadOnlyDictionary<Bits256, RegistryImage> Images { get; init; }

    /// <summary>Models by the hashes of their manifests.</summary>
    public required IReadOnlyDictionary<Bits256, RegistryModel> Models { get; init; }

    /// <summary>Gateways by the SHA-256 of their attested keys.</summary>
    public required IReadOnlyDictionary<Bits256, RegistryGateway> Gateways { get; init; }

    /// <summary>Entries that can't be read.</summary>
    public required IReadOnlyList<UnreadableEntry> Unreadable { get; init; }

    /// <summary>Reads what a chain says of an account.</summary>
    /// <param name="network">See <see cref="TonNetwork"/>.</param>
    /// <param name="address">The account.</param>
    /// <param name="account">What the chain says of it.</param>
    /// <param name="floor">What was believed before; null for the first time.</param>
    /// <exception cref="RegistryException">It is no registry that can be used.</exception>
    public static RegistrySnapshot Read(int network, TonAddress address, AccountState account, RegistryFloor? floor)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(account);
        if (account is not { Status: AccountStatus.Active, Code: { } code, Data: { } data })
        {
            throw new RegistryException(RegistryFailure.NotThere, $"{address} is {account.Status.ToString().ToLowerInvariant()}: no registry is there");
        }

        if (code.Hash != ContractCode.Registry.Hash)
        {
            throw new RegistryException(RegistryFailure.OtherCode, $"{address} has code {code.Hash}, and a registry has {ContractCode.RegistryHash}");
        }

        RegistryState state;
        try
        {
            state = RegistryState.Read(data);
        }
        catch (TonFormatException malformed)
        {
            throw new RegistryException(RegistryFailure.Malformed, $"{address}: {malformed.Message}", malformed);
        }

        if (floor?.Refuse(state) is { } refused)
        {
            throw new RegistryException(RegistryFailure.WentBack, $"{address} went back: {refused}");
        }

        List<UnreadableEntry> unreadable = [];
        return new RegistrySnapshot
        {
            Network = network,
            Address = address,
            Seqno = account.Seqno,
            Time = account.Time,
            State = state,
            Images = ReadEach(state.Images, RegistryEntryKind.Image, RegistryImage.Read, unreadable),
            Models = ReadEach(state.Models, RegistryEntryKind.Model, RegistryModel.Read, unreadable),
            Gateways = ReadEach(state.Gateways, RegistryEntryKind.Gateway, RegistryGateway.Read, unreadable),
            Unreadable = unreadable,
        };
    }

    private static Dictionary<Bits256, T> ReadEach<T>(IReadOnlyDictionary<Bits256, Cell> cells, RegistryEntryKind kind, Func<Cell, T> read, List<UnreadableEntry> unreadable)
    {
        var entries = new Dictionary<Bits256, T>(cells.Count);
        foreach ((Bits256 key, Cell cell) in cells)
        {
            try
            {
                entries.Add(key, read(cell));
            }
            catch (TonFormatException malformed)
            {
                unreadable.Add(new UnreadableEntry(kind, key, malformed.Message));
            }
        }

        return entries;
    }
}
