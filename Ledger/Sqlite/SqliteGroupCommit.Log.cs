using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Ledger.Sqlite;

public sealed partial class SqliteGroupCommit<TSession>
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A commit of {Count} calls failed; their callers were told, and the writer goes on.")]
    private partial void LogCommitFailed(int count, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection could not be closed cleanly.")]
    private partial void LogCloseFailed(Exception exception);
}
