using System.Data.Common;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>A statement, compiled once and run with named values as often as its connection lives. Not for concurrent use.</summary>
public sealed class SqlStatement : IDisposable
{
    private readonly DbCommand _command;
    private readonly ISqlDialect _dialect;

    /// <summary>Prepares a statement.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="dialect">The connection's database.</param>
    /// <param name="sql">One statement with parameters such as <c>$amount</c>.</param>
    internal SqlStatement(DbConnection connection, ISqlDialect dialect, string sql)
    {
        _dialect = dialect;
        _command = connection.CreateCommand();
        _command.CommandText = dialect.Statement(sql);
    }

    /// <summary>Runs the statement.</summary>
    /// <returns>The rows it changed.</returns>
    public int Run(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Runs the statement and gives its rows, which must be disposed before it runs again.</summary>
    public DbDataReader Query(params ReadOnlySpan<(string Name, object? Value)> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<(string Name, object? Value)> values)
    {
        DbParameterCollection parameters = _command.Parameters;
        foreach ((string name, object? value) in values)
        {
            string own = _dialect.Parameter(name);
            int index = parameters.IndexOf(own);
            if (index < 0)
            {
                DbParameter parameter = _command.CreateParameter();
                parameter.ParameterName = own;
                parameter.Value = value ?? DBNull.Value;
                parameters.Add(parameter);
            }
            else
            {
                parameters[index].Value = value ?? DBNull.Value;
            }
        }
    }
}
