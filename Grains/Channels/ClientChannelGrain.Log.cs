using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Channels;

internal sealed partial class ClientChannelGrain
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "What lies at {Channel} is not the client's channel: {Reason}. It pays for nothing")]
    private partial void LogForeign(string channel, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Channel {Channel} is frozen by the chain, for rent that it owes. Its coins and vouchers are kept, and it is charged when it is thawed")]
    private partial void LogFrozen(string channel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the chain says of {Channel} at block {Seqno} is older than what it said before; ignored")]
    private partial void LogOlder(string channel, long seqno);

    [LoggerMessage(Level = LogLevel.Information, Message = "The payer of {Channel} may leave ({Phase}, {Pending} nano to withdraw): nothing more is served on it, and what it owes is charged")]
    private partial void LogLeaving(string channel, string phase, long pending);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The payer of {Channel} can take {Owed} nano that it owes, from Unix time {UnlockTime} on: half of the delay is over and they aren't claimed. Charge it by hand")]
    private partial void LogLate(string channel, long owed, long unlockTime);

    [LoggerMessage(Level = LogLevel.Information, Message = "Voucher {Serial} of {Channel} goes to the chain: {Cumulative} nano in all, of which {Captured} were used; attempt {Attempt}")]
    private partial void LogCharge(long serial, string channel, long cumulative, long captured, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The charge of voucher {Serial} of {Channel} was refused {Attempts} times, and is not tried again")]
    private partial void LogGivenUp(long serial, string channel, int attempts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The copy of what {Channel} promised can't be kept: {Reason}. A watchtower would charge less")]
    private partial void LogNotCopied(string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The charge of {Channel} was not placed: {Result}")]
    private partial void LogNotPlaced(string channel, string result);
}
