namespace CocoonOrleans.Ledger.Sql;

/// <summary>How a database wants statements that are written once for all databases.</summary>
internal interface ISqlDialect
{
    /// <summary>A statement in the database's own form.</summary>
    /// <param name="sql">One statement with parameters such as <c>$amount</c>.</param>
    string Statement(string sql);

    /// <summary>A parameter's name in the database's own form.</summary>
    /// <param name="name">Such as <c>$amount</c>.</param>
    string Parameter(string name);
}
