namespace CocoonOrleans.Gateway.Responses;

public sealed partial class ResponsesEndpoint
{
    [LoggerMessage(1, LogLevel.Error, "The response {ResponseId} failed in the background.")]
    private partial void LogFault(Exception exception, string responseId);
}
