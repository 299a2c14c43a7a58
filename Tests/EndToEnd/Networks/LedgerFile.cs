using CocoonOrleans.Market;
using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>The silo's ledger, read from its file behind the silo's back: what is really on the disk.</summary>
public sealed class LedgerFile(string path)
{
    /// <summary>What a job's row says.</summary>
    /// <param name="JobId">The job.</param>
    /// <param name="Account">Who pays.</param>
    /// <param name="State">open, captured or released.</param>
    /// <param name="Held">The hold.</param>
    /// <param name="Captured">The capture; zero where there is none.</param>
    /// <param name="CompletionTokens">Billed tokens of the answer.</param>
    /// <param name="PromptTokens">Billed tokens of the prompt.</param>
    /// <param name="Status">complete, cancelled or failed; null where nothing was captured.</param>
    /// <param name="WorkerId">Who served it; null where nothing was captured.</param>
    public sealed record JobRow(
        Guid JobId, string Account, string State, Nano Held, Nano Captured, long PromptTokens, long CompletionTokens, string? Status, string? WorkerId);

    public IReadOnlyList<JobRow> Jobs(string? account = null) => Read(
        """
        SELECT h.job_id, h.account_id, h.state, h.amount, coalesce(c.amount, 0), coalesce(c.prompt_tokens, 0), coalesce(c.completion_tokens, 0), c.status, c.worker_id
        FROM holds h LEFT JOIN captures c ON c.job_id = h.job_id WHERE $account IS NULL OR h.account_id = $account ORDER BY h.created_at
        """,
        account,
        row => new JobRow(
            new Guid(row.GetFieldValue<byte[]>(0), bigEndian: true), row.GetString(1), row.GetString(2), new Nano(row.GetInt64(3)), new Nano(row.GetInt64(4)),
            row.GetInt64(5), row.GetInt64(6), row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8)));

    /// <summary>What an account has by the sum of its entries.</summary>
    public Nano Balance(string account) =>
        new(Read("SELECT coalesce(sum(amount), 0) FROM entries WHERE account_id = $account", account, row => row.GetInt64(0)).Single());

    /// <summary>How many entries take money from an account.</summary>
    public int Charges(string account) =>
        Read("SELECT count(*) FROM entries WHERE account_id = $account AND amount < 0", account, row => row.GetInt32(0)).Single();

    private List<T> Read<T>(string sql, string? account, Func<SqliteDataReader, T> map)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$account", (object?)account ?? DBNull.Value);
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(map(reader));
        }

        return rows;
    }
}
