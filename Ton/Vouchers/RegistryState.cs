using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Messages;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>What the chain says of the registry.</summary>
public sealed record RegistryState
{
    /// <summary>The most entries of one kind, and the most proposals that wait, that are read.</summary>
    public const int MaxEntries = 16_384;

    /// <summary>How long a proposal may be applied after its time lock.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(30);

    /// <summary>Grows with each change that was applied.</summary>
    public required uint Version { get; init; }

    /// <summary>The number that the next proposal must have.</summary>
    public required uint Next { get; init; }

    /// <summary>The time lock, in seconds.</summary>
    public required uint Delay { get; init; }

    /// <summary>The registry that follows this one, to which clients go.</summary>
    public required TonAddress? Successor { get; init; }

    /// <summary>Who decides.</summary>
    public required RegistryOwners Owners { get; init; }

    /// <summary>Proposals that wait, by their numbers.</summary>
    public required IReadOnlyDictionary<uint, WaitingProposal> Pending { get; init; }

    /// <summary>The parameters' cell; <see cref="RegistryParameters.Read"/> knows one layout of it.</summary>
    public required Cell Parameters { get; init; }

    /// <summary>Entries of images by measurement hash; <see cref="RegistryImage.Read"/>.</summary>
    public required IReadOnlyDictionary<Bits256, Cell> Images { get; init; }

    /// <summary>Entries of models by manifest hash; <see cref="RegistryModel.Read"/>.</summary>
    public required IReadOnlyDictionary<Bits256, Cell> Models { get; init; }

    /// <summary>Entries of gateways by key hash; <see cref="RegistryGateway.Read"/>.</summary>
    public required IReadOnlyDictionary<Bits256, Cell> Gateways { get; init; }

    /// <summary>Hash of all that changes with the version alone: owners, delay, successor, parameters and entries. One version has one content.</summary>
    public required Bits256 Content { get; init; }

    /// <summary>Code and first data of a new registry.</summary>
    /// <param name="owners">Its first owners.</param>
    /// <param name="delay">The time lock, in seconds.</param>
    /// <param name="parameters">Its first parameters.</param>
    /// <param name="images">Images that are allowed from the start; none where not given.</param>
    /// <param name="models">Models that are listed from the start; none where not given.</param>
    public static StateInit FirstInit(
        RegistryOwners owners,
        uint delay,
        RegistryParameters parameters,
        IReadOnlyDictionary<Bits256, RegistryImage>? images = null,
        IReadOnlyDictionary<Bits256, RegistryModel>? models = null)
    {
        ArgumentNullException.ThrowIfNull(owners);
        ArgumentNullException.ThrowIfNull(parameters);
        return new StateInit(ContractCode.Registry, new CellBuilder()
            .StoreUInt(0, 32)
            .StoreUInt(0, 32)
            .StoreUInt(delay, 32)
            .StoreAddress(null)
            .StoreReference(owners.ToCell())
            .StoreMaybeReference(null)
            .StoreReference(parameters.ToCell())
            .StoreReference(new CellBuilder()
                .StoreMaybeReference(WriteEntries(images, image => image.ToCell()))
                .StoreMaybeReference(WriteEntries(models, model => model.ToCell()))
                .StoreMaybeReference(null)
                .Build())
            .Build());
    }

    private static Cell? WriteEntries<T>(IReadOnlyDictionary<Bits256, T>? entries, Func<T, Cell> write)
    {
        var dictionary = new CellDictionary(256);
        foreach ((Bits256 key, T entry) in entries ?? new Dictionary<Bits256, T>())
        {
            dictionary.Set(key, new CellBuilder().StoreReference(write(entry)).Build());
        }

        return dictionary.Write();
    }

    /// <summary>Reads the data of the registry.</summary>
    /// <exception cref="TonFormatException">It isn't that.</exception>
    public static RegistryState Read(Cell data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CellSlice slice = data.BeginRead();
        uint version = slice.ReadUInt32("registry.version");
        uint next = slice.ReadUInt32("registry.next");
        uint delay = slice.ReadUInt32("registry.delay");
        TonAddress? successor = slice.ReadAddress("registry.successor");
        var owners = RegistryOwners.Read(slice.ReadReference("registry.owners"));
        var pending = CellDictionary.Read(slice.ReadMaybeReference("registry.pending"), 32, "registry.pending", MaxEntries);
        Cell parameters = slice.ReadReference("registry.parameters");
        Cell entriesCell = slice.ReadReference("registry.entries");
        CellSlice entries = entriesCell.BeginRead();
        slice.RequireEnd("registry");
        var state = new RegistryState
        {
            Version = version,
            Next = next,
            Delay = delay,
            Successor = successor,
            Owners = owners,
            Pending = pending.ToDictionary(entry => (uint)pending.NumberOf(entry.Key), entry => WaitingProposal.Read(entry.Value)),
            Parameters = parameters,
            Images = ReadEntries(entries, "registry.images"),
            Models = ReadEntries(entries, "registry.models"),
            Gateways = ReadEntries(entries, "registry.gateways"),
            Content = new CellBuilder()
                .StoreUInt(delay, 32)
                .StoreAddress(successor)
                .StoreReference(owners.ToCell())
                .StoreReference(parameters)
                .StoreReference(entriesCell)
                .Build()
                .Hash,
        };
        entries.RequireEnd("registry.entries");
        return state;
    }

    private static Dictionary<Bits256, Cell> ReadEntries(CellSlice slice, string field)
    {
        var read = new Dictionary<Bits256, Cell>();
        foreach ((byte[] key, Cell leaf) in CellDictionary.Read(slice.ReadMaybeReference(field), 256, field, MaxEntries))
        {
            CellSlice value = leaf.BeginRead();
            read.Add(new Bits256(key), value.ReadReference(field));
            value.RequireEnd(field);
        }

        return read;
    }
}
