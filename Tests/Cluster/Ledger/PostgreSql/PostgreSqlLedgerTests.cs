using CocoonOrleans.Ledger;
using CocoonOrleans.Ledger.Operations;
using CocoonOrleans.Ledger.PostgreSql;
using CocoonOrleans.Market;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CocoonOrleans.Tests.Cluster.Ledger.PostgreSql;

/// <summary>What only a database that several processes write at once can get wrong.</summary>
public sealed class PostgreSqlLedgerTests() : LedgerSuite(new PostgreSqlLedgerDatabase())
{
    private PostgreSqlLedgerDatabase PostgreSql => (PostgreSqlLedgerDatabase)Database;

    [SkippableFact]
    public async Task Execute_TwoProcessesOnOneAccount_CannotOverspendIt()
    {
        await using PostgreSqlLedger other = PostgreSql.Open();
        ILedger[] ledgers = [Ledger, other];

        // 1,000 nano pay for 100 of these 400 holds, whoever asks first.
        LedgerResult[] results = (await Task.WhenAll(Enumerable.Range(0, 400).Select(number => Task.Run(
            () => ledgers[number % 2].ExecuteAsync([Hold(Guid.CreateVersion7(), 10)], CancellationToken.None))))).SelectMany(result => result).ToArray();

        Assert.Equal(100, results.Count(result => result is HoldPlaced));
        Assert.Equal(300, results.Count(result => result is InsufficientBalance));
        Assert.Equal(new Nano(1000), (await Read(Client)).Held);
    }

    [SkippableFact]
    public async Task Execute_TwoProcessesCaptureTheSameJobs_ChargeEachOnce()
    {
        await using PostgreSqlLedger other = PostgreSql.Open();
        Guid[] jobs = [.. Enumerable.Range(0, 50).Select(_ => Guid.CreateVersion7())];
        await Ledger.ExecuteAsync([.. jobs.Select(job => Hold(job, 10))], CancellationToken.None);

        await Task.WhenAll(jobs.SelectMany(job => new[] { Ledger, other }.Select(ledger => Task.Run(
            () => ledger.ExecuteAsync([Capture(job, 7)], CancellationToken.None)))));

        Assert.Equal(new Nano(1000 - 50 * 7), (await Read(Client)).Balance);
        Assert.Equal(50, Database.Count("captures"));
    }

    [SkippableFact]
    public async Task Execute_ManyHolds_AreWrittenByOneStatement()
    {
        // A sequence counts what is rolled back too: falling back to a statement for each hold would show.
        Database.Run(
            """
            CREATE SEQUENCE written;
            CREATE FUNCTION count_statement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM nextval('written'); RETURN NULL; END $$;
            CREATE TRIGGER counted AFTER INSERT ON holds FOR EACH STATEMENT EXECUTE FUNCTION count_statement();
            CREATE TRIGGER counted AFTER INSERT ON captures FOR EACH STATEMENT EXECUTE FUNCTION count_statement();
            """);
        Guid[] jobs = [.. Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7())];

        IReadOnlyList<LedgerResult> results = await Ledger.ExecuteAsync(
            [.. jobs.Select(job => Hold(job, 11)), .. jobs.Take(50).Select(job => Capture(job, 7)), .. jobs.Take(90).Select(job => new ReleaseHold(job, "done"))],
            CancellationToken.None);

        Assert.Equal([90, 10, 50, 40, 50, 0], new[]
        {
            results.Count(result => result is HoldPlaced), results.Count(result => result is InsufficientBalance), results.Count(result => result is HoldCaptured),
            results.Count(result => result is HoldReleased), results.Count(result => result is AlreadyCaptured), results.Count(result => result is UnknownJob),
        });
        Assert.Equal(3, PostgreSql.Next("written"));
    }

    [SkippableFact]
    public async Task Execute_OneOfAGroupThrows_TheOthersStay()
    {
        Database.Run("CREATE TRIGGER fault BEFORE INSERT ON holds FOR EACH ROW WHEN (NEW.amount = 13) EXECUTE FUNCTION refuse('fault')");
        Task<IReadOnlyList<LedgerResult>>[] calls;
        using (Database.Lock())
        {
            // The first takes the writer, and the others wait together for its next commit.
            calls = [.. new[] { 1, 2, 13, 3 }.Select(amount => Ledger.ExecuteAsync([Hold(Guid.CreateVersion7(), amount)], CancellationToken.None))];
        }

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => calls[2]);
        foreach (Task<IReadOnlyList<LedgerResult>> call in calls.Where((_, place) => place != 2))
        {
            Assert.IsType<HoldPlaced>(Assert.Single(await call));
        }

        Assert.Equal(new Nano(6), (await Read(Client)).Held);
    }

    [SkippableFact]
    public async Task Execute_SessionsCutByTheServer_WorksAgainAtOnce()
    {
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 1));
        Database.Run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 1));

        Assert.Equal(new Nano(2), (await Read(Client)).Held);
    }

    [SkippableFact]
    public async Task Execute_AnotherProcessStandsStillInItsTurn_FailsTypedUntilItsTurnEnds()
    {
        Guid job = Guid.CreateVersion7();
        using (Database.Lock())
        {
            await Assert.ThrowsAsync<LedgerUnavailableException>(() => Ledger.ExecuteAsync([Hold(job, 1)], CancellationToken.None));
        }

        Assert.False((await Do<HoldPlaced>(Hold(job, 1))).Repeated);
    }

    [SkippableTheory]
    [InlineData("DELETE FROM entries")]
    [InlineData("UPDATE entries SET amount = amount + 1")]
    [InlineData("UPDATE captures SET amount = 0")]
    [InlineData("DELETE FROM holds")]
    [InlineData("TRUNCATE transactions")]
    [InlineData("DROP TRIGGER entries_keep_delete ON entries")]
    [InlineData("ALTER TABLE payers DROP CONSTRAINT payers_held_check")]
    [InlineData("CREATE TABLE more (number INT)")]
    [InlineData("UPDATE schema_versions SET version = 0")]
    [InlineData("CREATE ROLE somebody")]
    public void SiloRole_WhatASiloNeverDoes_IsForbidden(string sql)
    {
        using NpgsqlConnection connection = new(PostgreSqlTestServer.AsSilo(PostgreSql.ConnectionString) + ";Pooling=false");
        connection.Open();
        using NpgsqlCommand command = new(sql, connection);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, Assert.Throws<PostgresException>(() => command.ExecuteNonQuery()).SqlState);
    }

    [SkippableFact]
    public async Task Open_OnTheNewestTables_KeepsWhatIsThere()
    {
        await Do<HoldPlaced>(Hold(Guid.CreateVersion7(), 5));

        await using PostgreSqlLedger other = PostgreSql.Open();

        Assert.Equal(new Nano(5), (await other.GetAccountAsync(Client, CancellationToken.None))!.Held);
    }

    [SkippableFact]
    public void Open_TablesOfANewerProgram_IsRefused()
    {
        Database.Run("UPDATE schema_versions SET version = 1000 WHERE name = 'ledger'");

        Assert.Throws<InvalidDataException>(PostgreSql.Open);
    }

    [SkippableFact]
    public void Open_NoServerThere_Throws()
    {
        string nowhere = new NpgsqlConnectionStringBuilder(PostgreSql.ConnectionString) { Port = 1, Timeout = 1 }.ToString();
        var options = new PostgreSqlLedgerOptions { ConnectionString = nowhere };

        Assert.Throws<IOException>(() => new PostgreSqlLedger(Options.Create(options), Database.Clock, NullLogger<PostgreSqlLedger>.Instance));
    }
}
