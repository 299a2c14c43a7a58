using System.Data.Common;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>A connection and the statements prepared on it, which end with it.</summary>
public sealed class SqlStatements : IDisposable
{
    private readonly DbConnection _connection;
    private readonly ISqlDialect _dialect;
    private readonly List<SqlStatement> _statements = [];

    /// <summary>Begins with no statement.</summary>
    /// <param name="connection">An open connection, which this owns from now on.</param>
    /// <param name="dialect">The connection's database.</param>
    internal SqlStatements(DbConnection connection, ISqlDialect dialect)
    {
        _connection = connection;
        _dialect = dialect;
    }

    /// <summary>A statement that lives as long as the connection.</summary>
    /// <param name="sql">One statement with parameters such as <c>$amount</c>.</param>
    public SqlStatement Prepare(string sql)
    {
        SqlStatement statement = new(_connection, _dialect, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqlStatement statement in _statements)
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
