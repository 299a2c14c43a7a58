using CocoonOrleans.Cli.Demo;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Sqlite;
using CocoonOrleans.Market;
using CocoonOrleans.Tests.EndToEnd.Networks;
using Microsoft.Extensions.DependencyInjection;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>The demo's audit of a book that does not say what the network claimed.</summary>
public sealed class LedgerAuditTests
{
    [Fact]
    public async Task Check_ChargeThatTheBookDoesNotHave_FailsAllButTheBooksOwnRules()
    {
        using var folder = new TemporaryFolder();
        var book = Path.Combine(folder.Path, "ledger.db");
        await using (var services = new ServiceCollection()
            .AddLogging()
            .AddSqliteLedger(options => (options.Path, options.AllowTreasuryTransfers) = (book, true))
            .BuildServiceProvider())
        {
            await services.GetRequiredService<ILedger>().ExecuteAsync(
                [
                    new CreateAccount("dev", AccountClass.Client, "development"),
                    new Transfer(Guid.NewGuid(), WellKnownAccounts.Treasury, "dev", new Nano(1000), "grant"),
                ],
                CancellationToken.None);
        }

        var checks = await LedgerAudit.CheckAsync(book, Claim(before: "1000", after: "900", charged: "100"), CancellationToken.None);

        Assert.Equal([false, false, true], checks.Select(check => check.Passed));
        Assert.Equal("1000 before, 1000 after", checks[0].Seen);
    }

    private static DemoResult Claim(string before, string after, string charged) => new(
        Ok: true, "What is 1 plus 2?", "3", Correct: true, "house", "", "native", Guid.NewGuid(), 1, 1, charged, before, after, "gateway", "open", ReceiptVerified: true, "", 1, new NetworkProcesses(1, 2, [], null), null, null, null, null, null, null, null, null, EncryptedModel: false, Encryption: null, []);
}
