using CocoonOrleans.Ledger.Invariants;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.Wallets;
using CocoonOrleans.Market;

namespace CocoonOrleans.Tests.Cluster.Ledger.Invariants;

public abstract class LedgerInvariantsTests(LedgerDatabase database) : LedgerSuite(database)
{
    public sealed class OnSqlite() : LedgerInvariantsTests(new SqliteLedgerDatabase());

    public sealed class OnPostgreSql() : LedgerInvariantsTests(new PostgreSqlLedgerDatabase());

    protected override bool EndsInOrder => false;

    /// <summary>One open hold, one captured and drained, one captured and not drained, one released with a late completion; a payout that waits.</summary>
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Guid[] jobs = [.. Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7())];
        await Ledger.ExecuteAsync([.. jobs.Select(job => Hold(job, 100)), Capture(jobs[0], 50)], CancellationToken.None);
        await Ledger.DrainOutboxAsync(10, CancellationToken.None);
        await Ledger.ExecuteAsync([Capture(jobs[1], 60), new ReleaseHold(jobs[2], "expired"), Capture(jobs[2], 70)], CancellationToken.None);
        string address = $"0:{new string('1', 64)}";
        await ((IWalletStore)Ledger).OpenWalletAsync(address, new WalletCursor(1, new byte[32], new Nano(100)), CancellationToken.None);
        await Do<IntentPlaced>(new PlaceIntent
        {
            IntentId = Guid.NewGuid(),
            Wallet = address,
            Destination = address,
            Value = new Nano(9),
            Amount = new Nano(9),
            Body = new byte[1],
            Purpose = IntentPurpose.Payout,
            AccountId = Provider,
        });
    }

    [SkippableFact]
    public async Task CheckInvariants_BookInOrder_FindsNothing() => Assert.Empty(await Ledger.CheckInvariantsAsync(CancellationToken.None));

    [SkippableTheory]
    [InlineData("UPDATE entries SET amount = amount + 1 WHERE account_id = 'provider-1'", "the legs of a transaction sum to zero")]
    [InlineData("DELETE FROM transactions WHERE kind = 'transfer'", "every leg belongs to a transaction")]
    [InlineData("UPDATE payers SET held = balance + 1 WHERE account_id = 'client-1'", "a payer has at least what it holds, and only the treasury owes")]
    [InlineData("UPDATE payers SET floor = -9223372036854775807 WHERE account_id = 'grants'", "a payer has at least what it holds, and only the treasury owes")]
    [InlineData("INSERT INTO payers (account_id) VALUES ('provider-1')", "exactly clients, grants and treasury are payers")]
    [InlineData("UPDATE payers SET held = held - 1 WHERE account_id = 'client-1'", "held is the sum of open holds")]
    [InlineData("UPDATE payers SET balance = balance + 1 WHERE account_id = 'client-1'", "a payer's balance is the sum of its entries")]
    [InlineData("UPDATE entries SET amount = -amount WHERE account_id = 'provider-1'", "only the treasury's entries sum below zero")]
    [InlineData(
        "UPDATE holds SET state = 'open' WHERE state = 'captured'", "a hold is captured exactly where it has its one capture and transaction")]
    [InlineData("DELETE FROM captures", "every capturing transaction has its capture")]
    [InlineData("UPDATE captures SET amount = 101", "a capture is at most its hold")]
    [InlineData("UPDATE captures SET commission = commission + 1", "a capture's legs are client, provider and commission, and no other")]
    [InlineData("DELETE FROM entries WHERE account_id = 'commission'", "a capture's legs are client, provider and commission, and no other")]
    [InlineData(
        """
        INSERT INTO entries (transaction_id, account_id, amount)
        SELECT job_id, 'grants', 1 FROM captures UNION ALL SELECT job_id, 'treasury', -1 FROM captures
        """,
        "a capture's legs are client, provider and commission, and no other")]
    [InlineData(
        """
        INSERT INTO entries (transaction_id, account_id, amount)
        SELECT transaction_id, 'grants', 1 FROM transactions WHERE kind = 'transfer'
        UNION ALL SELECT transaction_id, 'grants', -1 FROM transactions WHERE kind = 'transfer'
        """,
        "a transfer has one who pays and one who receives")]
    [InlineData("DELETE FROM entries WHERE account_id = 'client-1' AND amount > 0", "a transfer has one who pays and one who receives")]
    [InlineData("UPDATE holds SET state = 'open' WHERE state = 'released'", "a late completion is of a released hold")]
    [InlineData("UPDATE usage_days SET amount = amount + 1 WHERE account_id = 'client-1'", "a client's usage is the sum of its captures")]
    [InlineData("DELETE FROM outbox WHERE kind = 'captured'", "a client's usage is the sum of its captures")]
    [InlineData("DELETE FROM outbox WHERE kind = 'captured'", "a provider's usage is the sum of its legs")]
    [InlineData("UPDATE wallets SET balance = balance + 1", "what the operator's wallets hold is what the chain owes")]
    [InlineData("UPDATE intents SET amount = amount - 1", "what is in flight is the sum of payouts that have not left")]
    [InlineData("UPDATE intents SET state = 'signed'", "an intent is signed exactly where bytes that may run carry it")]
    public async Task CheckInvariants_BookTamperedWith_NamesTheRule(string sql, string rule)
    {
        Database.Run(sql, tamper: true);

        IReadOnlyList<InvariantViolation> violations = await Ledger.CheckInvariantsAsync(CancellationToken.None);

        Assert.Contains(rule, violations.Select(violation => violation.Invariant));
        Assert.All(violations, violation => Assert.NotEqual("", violation.Subject));
    }

    [SkippableTheory]
    [InlineData("UPDATE entries SET amount = amount + 1")]
    [InlineData("DELETE FROM entries")]
    [InlineData("UPDATE transactions SET reason = 'another'")]
    [InlineData("DELETE FROM transactions")]
    [InlineData("INSERT INTO entries (transaction_id, account_id, amount) SELECT transaction_id, 'provider-1', 1 FROM transactions LIMIT 1")]
    [InlineData(
        """
        INSERT INTO entries (transaction_id, account_id, amount) VALUES (x'000102030405060708090a0b0c0d0e0f', 'provider-1', 1);
        INSERT INTO transactions VALUES (x'000102030405060708090a0b0c0d0e0f', 'transfer', 'one leg', 0)
        """)]
    [InlineData("INSERT INTO entries (transaction_id, account_id, amount) VALUES (x'000102030405060708090a0b0c0d0e0f', 'provider-1', 1)")]
    [InlineData("UPDATE captures SET amount = amount + 1")]
    [InlineData("DELETE FROM captures")]
    [InlineData("UPDATE holds SET state = 'open', released_at = NULL, release_reason = NULL WHERE state = 'released'")]
    [InlineData("DELETE FROM holds")]
    [InlineData("UPDATE payers SET held = balance + 1 WHERE account_id = 'client-1'")]
    public void Database_StatementThatBreaksTheBook_IsRefused(string sql) =>
        Assert.ThrowsAny<System.Data.Common.DbException>(() => Database.Run(sql));
}
