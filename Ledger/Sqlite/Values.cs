using Microsoft.Data.Sqlite;

namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>How values stand in the ledger's columns.</summary>
internal static class Values
{
    public static byte[] Blob(Guid id) => id.ToByteArray(bigEndian: true);

    public static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static Guid Id(this SqliteDataReader row, int column) => new(row.GetFieldValue<byte[]>(column), bigEndian: true);

    public static byte[] Bytes(this SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    // The null's type stands there, since beside an array it would be a null array, which becomes empty memory.
    public static ReadOnlyMemory<byte>? BytesOrNull(this SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? (ReadOnlyMemory<byte>?)null : row.Bytes(column);

    public static Market.Nano Nano(this SqliteDataReader row, int column) => new(row.GetInt64(column));

    public static DateTimeOffset Time(this SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? TimeOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    public static T Enum<T>(this SqliteDataReader row, int column)
        where T : struct, Enum => System.Enum.Parse<T>(row.GetString(column), ignoreCase: true);
}
