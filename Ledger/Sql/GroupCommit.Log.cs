using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Ledger.Sql;

public partial class GroupCommit<TSession>
{
    [LoggerMessage(Level = LogLevel.Error, Message = "A commit of {Count} calls to {Name} failed; their callers were told, and the writer goes on.")]
    private partial void LogCommitFailed(string name, int count, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection of {Name} could not be closed cleanly.")]
    private partial void LogCloseFailed(string name, Exception exception);
}
