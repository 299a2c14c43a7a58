using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>
/// One SQLite file in WAL mode: a commit is on the disk when it returns (<c>synchronous=FULL</c>), and readers never wait for the writer.
/// </summary>
/// <param name="path">The file, made where there is none.</param>
/// <param name="busyTimeoutSeconds">How long a statement waits for another process's lock, in seconds; at least 1.</param>
public sealed class SqliteFile(string path, int busyTimeoutSeconds) : IDisposable
{
    private readonly string _reading = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadOnly,
        DefaultTimeout = busyTimeoutSeconds,
    }.ToString();

    private readonly string _writing = new SqliteConnectionStringBuilder
    {
        DataSource = path,
        DefaultTimeout = busyTimeoutSeconds,
        Pooling = false,
    }.ToString();

    /// <summary>Opens a connection that may write. Foreign keys are checked.</summary>
    /// <exception cref="SqliteException">The file can't be opened, or is no database.</exception>
    public SqliteConnection OpenForWriting()
    {
        SqliteConnection connection = new(_writing);
        try
        {
            connection.Open();
            connection.Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
                + "PRAGMA journal_size_limit = 67108864");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that can only read, from a pool. The file must exist.</summary>
    /// <exception cref="SqliteException">The file can't be opened.</exception>
    public SqliteConnection OpenForReading()
    {
        SqliteConnection connection = new(_reading);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Closes the pooled readers.</summary>
    public void Dispose()
    {
        using SqliteConnection connection = new(_reading);
        SqliteConnection.ClearPool(connection);
    }
}
