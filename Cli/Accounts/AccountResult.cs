namespace CocoonOrleans.Cli.Accounts;

/// <summary>The JSON object of <c>cocoon account</c>. Amounts are nano, as decimal strings.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Label">What its owner calls it.</param>
/// <param name="BalanceNano">All its money.</param>
/// <param name="HeldNano">Held for jobs that are not settled.</param>
/// <param name="Key">The new API key; null where none was made.</param>
public sealed record AccountResult(string AccountId, string Label, string BalanceNano, string HeldNano, string? Key)
{
    internal static AccountResult Of(AccountState account, string? key) => new(
        account.AccountId, account.Label, account.Balance.ToString(), account.Held.ToString(), key);
}
