using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Addresses;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Solvency;

/// <summary>What an operator states of its coins and its debts, signed with the key of the wallet that has the coins.</summary>
/// <param name="Network">See <see cref="TonNetwork"/>.</param>
/// <param name="Time">Unix time in seconds.</param>
/// <param name="Seqno">The masterchain block at which all assets were read.</param>
/// <param name="Root">Root of the sum tree over all debts.</param>
/// <param name="Liabilities">The root's sum, in nano.</param>
/// <param name="Assets">Where the coins are, in order.</param>
public sealed record SolvencyStatement(int Network, uint Time, uint Seqno, Bits256 Root, Nano Liabilities, IReadOnlyList<SolvencyAsset> Assets)
{
    private const uint Tag = 0x5e7d5001;

    /// <summary>The sum of all assets, in nano.</summary>
    public Nano AssetSum => Assets.Aggregate(Nano.Zero, (sum, asset) => sum + asset.Amount);

    /// <summary>Whether the coins cover the debts.</summary>
    public bool IsSolvent => AssetSum >= Liabilities;

    /// <summary>The cell that is signed. Its tag is no other one's that the key signs.</summary>
    public Cell ToCell() => new CellBuilder()
        .StoreUInt(Tag, 32)
        .StoreInt(Network, 32)
        .StoreUInt(Time, 32)
        .StoreUInt(Seqno, 32)
        .StoreBits256(Root)
        .StoreCoins(Liabilities)
        .StoreCoins(AssetSum)
        .StoreBits256(new Bits256(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Assets.Select(asset => asset.Line))))))
        .Build();

    /// <summary>Signs it.</summary>
    public Signature Sign(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Sign(ToCell());
    }

    /// <summary>Whether a key signed it.</summary>
    public bool IsSignedBy(PublicKey key, Signature signature) => key.Verifies(ToCell(), signature);
}

/// <summary>Coins of the operator, or owed to it, at one address.</summary>
/// <param name="Kind">What lies there.</param>
/// <param name="Address">The address.</param>
/// <param name="Amount">What of it counts, in nano.</param>
public sealed record SolvencyAsset(SolvencyAssetKind Kind, TonAddress Address, Nano Amount)
{
    /// <summary>The asset as it is hashed.</summary>
    internal string Line => string.Create(CultureInfo.InvariantCulture, $"{Kind}|{Address}|{Amount.Value}");
}

/// <summary>What an asset is.</summary>
public enum SolvencyAssetKind
{
    /// <summary>A wallet of the operator: its whole balance.</summary>
    Wallet,

    /// <summary>A channel from the operator to a provider: what it holds and the provider hasn't got.</summary>
    ProviderChannel,

    /// <summary>A channel from a client: what was used and promised, lies there, and hasn't been charged.</summary>
    ClientChannel,
}
