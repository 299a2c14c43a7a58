using CocoonOrleans.Ledger.Solvency;
using CocoonOrleans.Market;
using CocoonOrleans.Ton.Solvency;

namespace CocoonOrleans.Grains.Solvency;

/// <summary>The book beside the chain, at one masterchain block.</summary>
/// <param name="Book">The book.</param>
/// <param name="Seqno">The block.</param>
/// <param name="Time">The chain's clock, Unix time in seconds.</param>
/// <param name="Assets">What the chain says, address by address.</param>
internal sealed record SolvencyCheck(SolvencyBook Book, uint Seqno, uint Time, IReadOnlyList<CheckedAsset> Assets)
{
    /// <summary>The sum of all debts, in nano.</summary>
    public Nano Liabilities => Book.Debts.Aggregate(Nano.Zero, (sum, debt) => sum + debt.Amount);

    /// <summary>The sum of what the chain says, in nano.</summary>
    public Nano AssetSum => Assets.Aggregate(Nano.Zero, (sum, asset) => sum + asset.Asset.Amount);
}

/// <summary>An asset, by chain and by book.</summary>
/// <param name="Asset">What the chain says.</param>
/// <param name="Booked">What the book says, in nano.</param>
/// <param name="IsMoving">Whether the chain has a newer transaction than the book: then the amounts can't be compared yet.</param>
internal sealed record CheckedAsset(SolvencyAsset Asset, Nano Booked, bool IsMoving)
{
    /// <summary>Whether book and chain contradict each other.</summary>
    public bool Differs => !IsMoving && Booked != Asset.Amount;
}
