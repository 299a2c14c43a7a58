using CocoonOrleans.Market;
using CocoonOrleans.Market.Solvency;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Chain;
using CocoonOrleans.Ton.Solvency;
using CocoonOrleans.Ton.Vouchers;
using CocoonOrleans.Ton.Wallets;

namespace CocoonOrleans.Cli.Verification;

/// <summary>The checks of a proof of solvency, from what is published and the chain alone.</summary>
public static class SolvencyChecks
{
    /// <summary>The statement is not signed by the key that it names.</summary>
    public const string Signature = "solvency.signature";

    /// <summary>No asset is the wallet of the key that signed: whoever signed need not have the coins.</summary>
    public const string Wallet = "solvency.wallet";

    /// <summary>Your debt and its path don't come to the stated root and sum.</summary>
    public const string Path = "solvency.path";

    /// <summary>A path is somebody else's.</summary>
    public const string Account = "solvency.account";

    /// <summary>The account has money, and is not among the debts.</summary>
    public const string NotListed = "solvency.not_listed";

    /// <summary>The account has more money than its debt says.</summary>
    public const string Less = "solvency.less";

    /// <summary>The statement is older than what you accept, or of a time to come.</summary>
    public const string Age = "solvency.age";

    /// <summary>The assets don't cover the debts.</summary>
    public const string Missing = "solvency.missing";

    /// <summary>An address is named twice.</summary>
    public const string Twice = "solvency.twice";

    /// <summary>The chain says another amount at that block.</summary>
    public const string Chain = "solvency.chain";

    /// <summary>So far two clocks may be apart.</summary>
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(5);

    /// <summary>Checks signature, sums and paths, offline.</summary>
    /// <param name="document">What is published.</param>
    /// <param name="own">One's own debts with their paths.</param>
    /// <param name="accountId">One's account.</param>
    /// <returns>Why it is rejected; null where it isn't.</returns>
    public static (string Code, string Reason)? Check(SolvencyDocument document, IReadOnlyList<(SumLeaf Leaf, IReadOnlyList<SumStep> Path)> own, string accountId)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(own);
        var statement = document.Statement;
        if (!statement.IsSignedBy(document.Key, document.Signature))
        {
            return (Signature, "The statement is not signed by the key that it names.");
        }

        var wallet = WalletOf(document);
        if (!statement.Assets.Any(asset => asset.Kind == SolvencyAssetKind.Wallet && asset.Address == wallet.Address))
        {
            return (Wallet, "The key that signed has no wallet among the assets.");
        }

        if (statement.Assets.DistinctBy(asset => asset.Address).Count() != statement.Assets.Count)
        {
            return (Twice, "An address is counted twice.");
        }

        var root = new SumNode(statement.Root.ToArray(), statement.Liabilities);
        foreach (var (leaf, path) in own)
        {
            if (leaf.AccountId != accountId && !leaf.AccountId.StartsWith("receivable-", StringComparison.Ordinal))
            {
                return (Account, $"A debt to {leaf.AccountId} is shown as yours.");
            }

            if (!root.Equals(SumTree.RootOf(leaf, path)))
            {
                return (Path, "Your debt and its path don't come to the stated root.");
            }
        }

        return statement.IsSolvent ? null : (Missing, $"{(statement.Liabilities - statement.AssetSum).ToCoinString()} coins are missing.");
    }

    /// <summary>Checks that the statement is a new one: an old one says nothing of today.</summary>
    /// <param name="document">What is published.</param>
    /// <param name="now">The time.</param>
    /// <param name="maxAge">How old it may be.</param>
    /// <returns>Why it is rejected; null where it isn't.</returns>
    public static (string Code, string Reason)? CheckAge(SolvencyDocument document, DateTimeOffset now, TimeSpan maxAge)
    {
        ArgumentNullException.ThrowIfNull(document);
        var age = now - DateTimeOffset.FromUnixTimeSeconds(document.Statement.Time);
        return age > maxAge ? (Age, $"The newest statement is {age.TotalMinutes:0} minutes old; {maxAge.TotalMinutes:0} are accepted (--max-age).")
            : age < -MostAhead ? (Age, "The statement is of a time to come; set this machine's clock.")
            : null;
    }

    /// <summary>Checks one's own debt against what the gateway says the account has.</summary>
    /// <param name="own">One's own debts with their paths.</param>
    /// <param name="accountId">One's account.</param>
    /// <param name="balance">What the account has, in nano.</param>
    /// <returns>Why it is rejected; null where it isn't.</returns>
    public static (string Code, string Reason)? CheckOwn(IReadOnlyList<(SumLeaf Leaf, IReadOnlyList<SumStep> Path)> own, string accountId, Nano balance)
    {
        ArgumentNullException.ThrowIfNull(own);
        SumLeaf[] mine = [.. own.Select(debt => debt.Leaf).Where(leaf => leaf.AccountId == accountId)];
        var stated = mine.Aggregate(Nano.Zero, (sum, leaf) => sum + leaf.Amount);
        if (stated >= balance)
        {
            return null;
        }

        const string hint = "Where it was paid in after the proof, look again after the next one.";
        return mine.Length == 0
            ? (NotListed, $"Your account has money, and is not among the debts. {hint}")
            : (Less, $"Your account has {balance.ToCoinString()} coins, and the debt to it is stated with {stated.ToCoinString()}. {hint}");
    }

    /// <summary>Checks every asset on the chain, at the block of the statement.</summary>
    /// <param name="document">What is published.</param>
    /// <param name="chain">An endpoint of your choice.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why it is rejected; null where it isn't.</returns>
    /// <exception cref="ChainException">The endpoint doesn't answer for that block.</exception>
    public static async Task<(string Code, string Reason)?> CheckChainAsync(SolvencyDocument document, IChainApi chain, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(chain);
        foreach (var asset in document.Statement.Assets)
        {
            var state = await chain.GetAccountAsync(asset.Address, document.Statement.Seqno, cancellationToken);
            var most = asset.Kind == SolvencyAssetKind.Wallet ? state.Balance : Available(state, asset);
            var isRight = state.Seqno == document.Statement.Seqno
                && (asset.Kind == SolvencyAssetKind.ClientChannel ? asset.Amount <= most : asset.Amount == most);
            if (!isRight)
            {
                return (Chain, $"{asset.Address} is stated with {asset.Amount} nano; at block {document.Statement.Seqno} the chain says {most} (answer of block {state.Seqno}).");
            }
        }

        return null;
    }

    /// <summary>The wallet of the key that signed.</summary>
    public static WalletV5R1 WalletOf(SolvencyDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new WalletV5R1(document.Key, document.Statement.Network, subwallet: document.Subwallet);
    }

    /// <summary>What vouchers can still claim from a channel; of a client's, nobody can see how much of that is promised.</summary>
    private static Nano Available(AccountState state, SolvencyAsset asset)
    {
        if (state.Data is null || state.Code?.Hash != ContractCode.Channel.Hash)
        {
            return Nano.Zero;
        }

        try
        {
            var channel = ChannelState.Read(state.Data);
            return channel.Terms.Address == asset.Address ? channel.Available : Nano.Zero;
        }
        catch (TonFormatException)
        {
            return Nano.Zero;
        }
    }
}
