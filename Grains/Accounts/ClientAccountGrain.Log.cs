using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Accounts;

internal sealed partial class ClientAccountGrain
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger did not answer for job {JobId} of account {AccountId}")]
    private partial void LogUnavailable(Guid jobId, string accountId, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} of account {AccountId} was completed after its hold was released; not paid")]
    private partial void LogLate(Guid jobId, string accountId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A channel of account {AccountId} signed two different vouchers with one serial: its payer's file was copied or restored. Both are kept; the higher one counts")]
    private partial void LogForked(string accountId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} got no development grant: {Result}")]
    private partial void LogNoGrant(string accountId, string result);
}
