namespace CocoonOrleans.Cli.Verification;

/// <summary>The JSON object of <c>cocoon verify solvency</c>. Amounts are nano, as decimal strings.</summary>
/// <param name="Verdict"><c>accept</c> or <c>reject</c>.</param>
/// <param name="Code">Why it is rejected: a name of <see cref="SolvencyChecks"/>; null where it isn't.</param>
/// <param name="Reason">The same in words.</param>
/// <param name="Time">When it was stated, Unix time in seconds.</param>
/// <param name="Seqno">The masterchain block.</param>
/// <param name="Assets">What the operator states it has.</param>
/// <param name="Liabilities">What it states it owes.</param>
/// <param name="Wallet">The wallet whose key signed, in raw form.</param>
/// <param name="Own">What of it is owed to you.</param>
/// <param name="Balance">What your account has now, as the gateway says.</param>
/// <param name="Listed">Whether you are among the debts.</param>
/// <param name="ChainChecked">Whether the assets were read on the chain too.</param>
public sealed record SolvencyVerdict(
    string Verdict, string? Code, string? Reason, uint Time, uint Seqno, string Assets, string Liabilities, string Wallet, string Own, string Balance, bool Listed, bool ChainChecked);
