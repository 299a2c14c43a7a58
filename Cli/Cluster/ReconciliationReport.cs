namespace CocoonOrleans.Cli.Cluster;

/// <summary>The JSON object of <c>cocoon cluster reconcile</c>: what left the wallet and the book didn't know. Amounts are nano, as decimal strings.</summary>
/// <param name="Wallet">The wallet, in raw form.</param>
/// <param name="State"><c>running</c>, <c>stopped</c>, or <c>sending</c> while signed bytes may run yet.</param>
/// <param name="StoppedLt">Logical time of the transaction that stops it; 0 where none does.</param>
/// <param name="Applied">Whether what could be explained was booked.</param>
/// <param name="More">Whether there is more than is shown: repeat the command.</param>
/// <param name="Payments">The payments, the oldest first.</param>
public sealed record ReconciliationReport(string Wallet, string State, long StoppedLt, bool Applied, bool More, IReadOnlyList<ReconciliationReport.Payment> Payments)
{
    /// <summary>A payment.</summary>
    /// <param name="Lt">Logical time of the wallet's transaction.</param>
    /// <param name="Transaction">That one's hash, hexadecimal.</param>
    /// <param name="Destination">Where to, in raw form.</param>
    /// <param name="Value">What it carried.</param>
    /// <param name="Kind"><c>payout</c>, <c>refund</c>, <c>topup</c>, <c>channelcall</c>, <c>unknown</c> or <c>accepted</c>.</param>
    /// <param name="AccountId">The provider that was paid; null for others.</param>
    public sealed record Payment(long Lt, string Transaction, string Destination, string Value, string Kind, string? AccountId);
}
