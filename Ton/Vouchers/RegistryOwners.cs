using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Vouchers;

/// <summary>Who decides about the registry: any <see cref="Needed"/> of the keys.</summary>
public sealed record RegistryOwners
{
    /// <summary>The most owners.</summary>
    public const int MaxOwners = 15;

    /// <param name="needed">How many must sign, 1 to the number of keys.</param>
    /// <param name="keys">1 to 15 keys by their numbers, 0 to 255; none twice.</param>
    /// <exception cref="TonFormatException">They are others: the contract would refuse them too.</exception>
    public RegistryOwners(int needed, IReadOnlyDictionary<byte, PublicKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count is < 1 or > MaxOwners || needed < 1 || needed > keys.Count)
        {
            throw new TonFormatException("owners", $"1 to {MaxOwners} keys, and no more needed than there are");
        }

        if (keys.Values.Distinct().Count() != keys.Count || keys.Values.Any(key => key.Bits.IsZero))
        {
            throw new TonFormatException("owners", "a key is there twice, or is zero");
        }

        Needed = needed;
        Keys = keys;
    }

    /// <summary>How many must sign.</summary>
    public int Needed { get; }

    /// <summary>The keys by their numbers.</summary>
    public IReadOnlyDictionary<byte, PublicKey> Keys { get; }

    /// <summary>How many can stop a proposal: as many as could have refused it, and never more than made it.</summary>
    public int NeededForVeto => Math.Min(Needed, Keys.Count - Needed + 1);

    /// <summary>The owners as the registry stores them.</summary>
    public Cell ToCell()
    {
        var dictionary = new CellDictionary(8);
        foreach ((byte number, PublicKey key) in Keys)
        {
            dictionary.Set(number, new CellBuilder().StoreBits256(key.Bits).Build());
        }

        return new CellBuilder().StoreUInt((ulong)Needed, 8).StoreMaybeReference(dictionary.Write()).Build();
    }

    /// <summary>Reads owners.</summary>
    /// <exception cref="TonFormatException">The cell holds something else, or owners that must not be.</exception>
    public static RegistryOwners Read(Cell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        CellSlice slice = cell.BeginRead();
        int needed = (int)slice.ReadUInt(8, "owners.needed");
        var dictionary = CellDictionary.Read(slice.ReadMaybeReference("owners.keys"), 8, "owners.keys", MaxOwners);
        slice.RequireEnd("owners");
        var keys = new Dictionary<byte, PublicKey>();
        foreach ((byte[] number, Cell leaf) in dictionary)
        {
            CellSlice value = leaf.BeginRead();
            keys.Add(number[0], new PublicKey(value.ReadBits256("owners.key")));
            value.RequireEnd("owners.key");
        }

        return new RegistryOwners(needed, keys);
    }
}
