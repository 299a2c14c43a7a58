using System.Data.Common;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>A connection that is read from.</summary>
/// <param name="connection">An open connection, which this owns from now on.</param>
/// <param name="dialect">The connection's database.</param>
/// <param name="beginSnapshot">Begins a transaction in which all is of one moment.</param>
internal sealed class SqlReading(DbConnection connection, ISqlDialect dialect, Func<DbTransaction> beginSnapshot) : IDisposable
{
    /// <summary>Begins a transaction in which all is of one moment.</summary>
    public DbTransaction BeginSnapshot() => beginSnapshot();

    /// <summary>Reads all rows of a query.</summary>
    /// <param name="sql">One statement with parameters such as <c>$account</c>.</param>
    /// <param name="row">Makes a value of the current row.</param>
    /// <param name="values">The parameters' values.</param>
    public List<T> ReadAll<T>(string sql, Func<DbDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using SqlStatement statement = new(connection, dialect, sql);
        using DbDataReader reader = statement.Query(values);
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    public void Dispose() => connection.Dispose();
}
