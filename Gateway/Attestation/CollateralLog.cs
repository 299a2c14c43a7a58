using CocoonOrleans.Attestation.Provisioning;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>Logs what becomes of collateral.</summary>
internal sealed partial class CollateralLog(ILogger logger) : IProgress<CollateralRefresh>
{
    private readonly ILogger _logger = logger;

    public void Report(CollateralRefresh value)
    {
        if (value.Refusal is { } refusal)
        {
            LogFailed(value.Subject.Fmspc, refusal.Code, refusal.Reason, value.Next);
        }
        else
        {
            LogFetched(value.Subject.Fmspc, value.ValidUntil);
        }

        if (value.StorageFault is { } fault)
        {
            LogNotStored(fault);
        }
    }

    [LoggerMessage(LogLevel.Information, "Collateral of processor family {Fmspc} is there, and holds until {Until}.")]
    private partial void LogFetched(string fmspc, DateTimeOffset? until);

    [LoggerMessage(LogLevel.Warning, "No new collateral of processor family {Fmspc}: {Code}: {Reason}. It is asked for again at {Next}.")]
    private partial void LogFailed(string fmspc, string code, string reason, DateTimeOffset next);

    [LoggerMessage(LogLevel.Warning, "Collateral could not be stored for the next start: {Reason}")]
    private partial void LogNotStored(string reason);
}
