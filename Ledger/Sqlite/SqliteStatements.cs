using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>A connection and the statements prepared on it, which end with it.</summary>
/// <param name="connection">An open connection, which this owns from now on.</param>
public sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    private readonly List<SqliteStatement> _statements = [];

    /// <summary>A statement that lives as long as the connection.</summary>
    /// <param name="sql">One statement with parameters such as <c>$amount</c>.</param>
    public SqliteStatement Prepare(string sql)
    {
        SqliteStatement statement = new(connection, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }
}
