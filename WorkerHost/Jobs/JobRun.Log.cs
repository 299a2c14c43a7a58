namespace CocoonOrleans.WorkerHost.Jobs;

internal sealed partial class JobRun
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Answered job {JobId}: {PromptTokens} prompt tokens, {CompletionTokens} generated, {Milliseconds:F0} ms")]
    private partial void LogAnswered(string jobId, int promptTokens, int completionTokens, double milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "The engine refused job {JobId}: {Code}")]
    private partial void LogRefused(string jobId, string code);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} was cancelled after {Generated} tokens")]
    private partial void LogCancelled(string jobId, int generated);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} is cut short after {Generated} tokens: the worker leaves")]
    private partial void LogCutShort(string jobId, int generated);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} failed")]
    private partial void LogFailed(Exception exception, string jobId);
}
