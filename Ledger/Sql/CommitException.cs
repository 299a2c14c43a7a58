namespace CocoonOrleans.Ledger.Sql;

/// <summary>A group commit failed. None of its work is done, unless the failure hid a commit that reached the disk: repeat by id.</summary>
public sealed class CommitException(string message, Exception innerException) : Exception(message, innerException);
