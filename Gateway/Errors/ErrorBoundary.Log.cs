namespace CocoonOrleans.Gateway.Errors;

internal sealed partial class ErrorBoundary
{
    [LoggerMessage(LogLevel.Error, "Request {RequestId} failed.")]
    private partial void LogFault(Exception exception, string requestId);

    [LoggerMessage(LogLevel.Warning, "Request {RequestId} was refused with {Code}: {Reason}")]
    private partial void LogRefused(string requestId, string? code, string reason);
}
