using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>A statement, compiled once and run with named values as often as its connection lives. Not for concurrent use.</summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand _command;

    /// <summary>Prepares a statement.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">One statement with parameters such as <c>$amount</c>.</param>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _command = connection.CreateCommand();
        _command.CommandText = sql;
    }

    /// <summary>Runs the statement.</summary>
    /// <returns>The rows it changed.</returns>
    public int Run(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs the statement and gives its rows, which must be disposed before it runs again.</summary>
    public SqliteDataReader Query(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<(string Name, object? Value)> values)
    {
        SqliteParameterCollection parameters = _command.Parameters;
        foreach ((string name, object? value) in values)
        {
            int index = parameters.IndexOf(name);
            if (index < 0)
            {
                parameters.AddWithValue(name, value ?? DBNull.Value);
            }
            else
            {
                parameters[index].Value = value ?? DBNull.Value;
            }
        }
    }
}
