using CocoonOrleans.Ledger.Sql;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>SQLite takes statements as they are written.</summary>
internal sealed class SqliteDialect : ISqlDialect
{
    private SqliteDialect()
    {
    }

    public static SqliteDialect Instance { get; } = new();

    public string Statement(string sql) => sql;

    public string Parameter(string name) => name;
}
