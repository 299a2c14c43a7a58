using CocoonOrleans.Cli.Accounts;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Entries;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Cli.Demo;

/// <summary>Reads the book of a network that has stopped, from its file: what the gateway said about money must be what is written there.</summary>
public static class LedgerAudit
{
    private const int MaxEntries = 1000;

    /// <summary>Checks the account that asked, entry by entry, and then every rule of the book.</summary>
    /// <param name="ledgerFile">The book.</param>
    /// <param name="claimed">What the network said.</param>
    /// <param name="cancellationToken">Ends the audit.</param>
    public static async Task<IReadOnlyList<DemoCheck>> CheckAsync(string ledgerFile, DemoResult claimed, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddLogging().AddSqliteLedger(options => options.Path = ledgerFile).BuildServiceProvider();
        var ledger = services.GetRequiredService<ILedger>();
        var entries = await ledger.ListEntriesAsync(DevelopmentAccount.Id, before: null, MaxEntries, cancellationToken);
        var earlier = Sum(entries.Where(entry => entry.TransactionId != claimed.JobId));
        LedgerEntry[] ofJob = [.. entries.Where(entry => entry.TransactionId == claimed.JobId)];
        var violations = await ledger.CheckInvariantsAsync(cancellationToken);
        return
        [
            new(
                "the ledger's entries add up to both balances",
                $"{earlier}" == claimed.BalanceBeforeNano && $"{earlier + Sum(ofJob)}" == claimed.BalanceAfterNano,
                $"{earlier} before, {earlier + Sum(ofJob)} after"),
            new(
                "the job has one entry there, of exactly the charge",
                ofJob is [{ Kind: TransactionKind.Capture } entry] && $"{-entry.Amount}" == claimed.ChargedNano,
                string.Join(", ", ofJob.Select(entry => $"{entry.Amount}"))),
            new("every rule of the ledger holds", violations.Count == 0, string.Join(", ", violations.Select(violation => $"{violation.Invariant} {violation.Subject}"))),
        ];
    }

    private static Nano Sum(IEnumerable<LedgerEntry> entries) => entries.Aggregate(Nano.Zero, (sum, entry) => sum + entry.Amount);
}
