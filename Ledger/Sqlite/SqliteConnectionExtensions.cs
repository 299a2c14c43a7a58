using System.Data.Common;
using CocoonOrleans.Ledger.Sql;
using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>Short forms for statements that run once.</summary>
public static class SqliteConnectionExtensions
{
    /// <summary>Runs SQL that takes no values; several statements may be joined by semicolons.</summary>
    /// <returns>The rows it changed.</returns>
    public static int Run(this SqliteConnection connection, string sql)
    {
        ArgumentNullException.ThrowIfNull(connection);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>Reads all rows of a query.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="sql">One statement with parameters such as <c>$account</c>.</param>
    /// <param name="row">Makes a value of the current row.</param>
    /// <param name="values">The parameters' values.</param>
    public static List<T> ReadAll<T>(
        this SqliteConnection connection, string sql, Func<DbDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        ArgumentNullException.ThrowIfNull(row);
        using SqlStatement statement = new(connection, SqliteDialect.Instance, sql);
        using DbDataReader reader = statement.Query(values);
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }
}
