using Npgsql;
using NpgsqlTypes;

namespace CocoonOrleans.Ledger.PostgreSql;

/// <summary>A statement over rows that go to the database as one array for each column, whatever their number.</summary>
/// <param name="sql">The statement; <c>$1</c> is the first column that is added.</param>
/// <param name="rows">The rows.</param>
internal sealed class Columns<T>(string sql, IReadOnlyList<T> rows)
{
    private readonly NpgsqlBatchCommand _command = new(sql);

    /// <summary>How many rows there are.</summary>
    public int Count => rows.Count;

    /// <summary>The statement with its columns.</summary>
    public NpgsqlBatchCommand Command => _command;

    public Columns<T> Bytes(Func<T, byte[]?> value) => Add(NpgsqlDbType.Bytea, value);

    public Columns<T> Text(Func<T, string?> value) => Add(NpgsqlDbType.Text, value);

    public Columns<T> Number(Func<T, long> value) => Add(NpgsqlDbType.Bigint, value);

    private Columns<T> Add<TValue>(NpgsqlDbType type, Func<T, TValue> value)
    {
        TValue[] column = new TValue[rows.Count];
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        _command.Parameters.Add(new NpgsqlParameter { Value = column, NpgsqlDbType = NpgsqlDbType.Array | type });
        return this;
    }
}
