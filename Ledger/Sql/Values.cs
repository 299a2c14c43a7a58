using System.Data.Common;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>How values stand in the ledger's columns.</summary>
internal static class Values
{
    public static byte[] Blob(Guid id) => id.ToByteArray(bigEndian: true);

    public static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static Guid Id(this DbDataReader row, int column) => new(row.GetFieldValue<byte[]>(column), bigEndian: true);

    public static byte[] Bytes(this DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    // The null's type stands there, since beside an array it would be a null array, which becomes empty memory.
    public static ReadOnlyMemory<byte>? BytesOrNull(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? (ReadOnlyMemory<byte>?)null : row.Bytes(column);

    public static Market.Nano Nano(this DbDataReader row, int column) => new(row.GetInt64(column));

    public static DateTimeOffset Time(this DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static T Enum<T>(this DbDataReader row, int column)
        where T : struct, Enum => System.Enum.Parse<T>(row.GetString(column), ignoreCase: true);
}
