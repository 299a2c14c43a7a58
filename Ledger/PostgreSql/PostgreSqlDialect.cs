using System.Text.RegularExpressions;
using CocoonOrleans.Ledger.Sql;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>Npgsql's named parameters begin with an at sign.</summary>
internal sealed partial class PostgreSqlDialect : ISqlDialect
{
    private PostgreSqlDialect()
    {
    }

    public static PostgreSqlDialect Instance { get; } = new();

    public string Statement(string sql) => Name().Replace(sql, "@$1");

    public string Parameter(string name) => name[1..];

    [GeneratedRegex(@"\$([A-Za-z]\w*)")]
    private static partial Regex Name();
}
