using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Channels;

internal sealed partial class PaymentChannelGrain
{
    [LoggerMessage(Level = LogLevel.Critical, Message = "What lies at {Channel} is not our channel: {Reason}. Nothing is signed or paid there")]
    private partial void LogForeign(string channel, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Channel {Channel} is frozen by the chain, for rent that it owes. Nothing is signed, topped up or charged there; its coins and its vouchers are kept")]
    private partial void LogFrozen(string channel);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Channel {Channel} is stranded with {Left} nano in it: {Reason}. Nothing is signed or sent for it; name its key again to close it")]
    private partial void LogStranded(string channel, string reason, long left);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel}, which nobody has funded, is given up: {Reason}")]
    private partial void LogAbandoned(string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the chain says of {Channel} at block {Seqno} is older than what it said before; ignored")]
    private partial void LogOlder(string channel, long seqno);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Of {Channel}, {Claimed} nano are claimed and {Promised} were promised: somebody else signs with our voucher key")]
    private partial void LogOverclaimed(string channel, long claimed, long promised);

    [LoggerMessage(Level = LogLevel.Information, Message = "Voucher {Serial} of {Channel}: {Cumulative} nano in all")]
    private partial void LogVoucher(long serial, string channel, long cumulative);

    [LoggerMessage(Level = LogLevel.Error, Message = "Top-up of {Channel} was refused with exit code {ExitCode}; nothing is tried again by itself")]
    private partial void LogTopUpRefused(string channel, int? exitCode);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The signer has signed voucher {Serial} of {Channel}, and the book knows {Known}: the book is older than its signer, and takes that voucher over")]
    private partial void LogAdopted(long serial, string channel, long known);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Voucher {Serial} of {Channel} is of {InBook} nano in the book and of {AtSigner} at its signer: two copies of the operator's database were at work. Nothing is signed or paid there")]
    private partial void LogFork(long serial, string channel, long inBook, long atSigner);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Voucher {Serial} of {Channel} was not signed ({Refusal}): {Reason}")]
    private partial void LogRefused(long serial, string channel, VoucherRefusal refusal, string reason);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Of {Newly} nano that are due over {Channel}, {Left} may be signed today (OperatorVouchers:DailyCapNano); the rest waits for tomorrow")]
    private partial void LogCapped(string channel, long newly, long left);

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {Channel} is left: its provider is paid at {Address} from now on")]
    private partial void LogLeaving(string channel, string address);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Voucher {Serial} of {Channel} is not charged, and the channel closes at {UnlockTime}: see what keeps the wallet")]
    private partial void LogUnclaimed(long serial, string channel, long unlockTime);

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {Channel} is left by the operator's decision")]
    private partial void LogLeft(string channel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Channel {Channel} is closed together at {Cumulative} nano")]
    private partial void LogClosedTogether(string channel, long cumulative);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Call} of {Channel} was refused, and is tried again: attempt {Attempt}")]
    private partial void LogCalledAgain(string call, string channel, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The {Call} of {Channel} was refused {Attempts} times, and is not tried again")]
    private partial void LogGivenUp(string call, string channel, int attempts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Intent {IntentId} of {Channel} was not placed: {Result}")]
    private partial void LogNotPlaced(Guid intentId, string channel, string result);
}
