using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Channels;

internal sealed partial class PaymentChannelGrain
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "What lies at {Channel} is not our channel: {Reason}. Nothing is signed or paid there")]
    private partial void LogForeign(string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the chain says of {Channel} at block {Seqno} is older than what it said before; ignored")]
    private partial void LogOlder(string channel, long seqno);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Of {Channel}, {Claimed} nano are claimed and {Promised} were promised: somebody else signs with our voucher key")]
    private partial void LogOverclaimed(string channel, long claimed, long promised);

    [LoggerMessage(Level = LogLevel.Information, Message = "Voucher {Serial} of {Channel}: {Cumulative} nano in all")]
    private partial void LogVoucher(long serial, string channel, long cumulative);

    [LoggerMessage(Level = LogLevel.Error, Message = "Top-up of {Channel} was refused with exit code {ExitCode}; nothing is tried again by itself")]
    private partial void LogTopUpRefused(string channel, int? exitCode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Intent {IntentId} of {Channel} was not placed: {Result}")]
    private partial void LogNotPlaced(Guid intentId, string channel, string result);
}
