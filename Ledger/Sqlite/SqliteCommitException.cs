namespace CocoonOrleans.Ledger.Sqlite;

/// <summary>A group commit failed. None of its work is done, unless the failure hid a commit that reached the disk: repeat by id.</summary>
public sealed class SqliteCommitException(string message, Exception innerException) : Exception(message, innerException);
