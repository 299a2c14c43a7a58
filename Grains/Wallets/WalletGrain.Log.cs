using CocoonOrleans.Ledger.Wallets;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Wallets;

internal sealed partial class WalletGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Signed {Count} messages for counter {Seqno}, attempt {Attempt}")]
    private partial void LogSigned(int count, long seqno, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Counter {Seqno} ran: {Sent} messages left, {Skipped} were left out and wait again")]
    private partial void LogRan(long seqno, int sent, int skipped);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The bytes for counter {Seqno}, attempt {Attempt}, have expired; what they carried is signed anew")]
    private partial void LogExpired(long seqno, int attempt);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Counter {Seqno} was used by bytes that are not ours: somebody else has the wallet's key")]
    private partial void LogForeign(long seqno);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The wallet ran in transaction {Lt} by bytes that the book doesn't know: the book is older than the wallet, or somebody else has its key. Nothing is sent any more until you have looked: ./cocoon cluster reconcile")]
    private partial void LogStopped(long lt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The wallet goes on: all that it sent up to transaction {Lt} is in the book")]
    private partial void LogResumed(long lt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Nano} nano that left for {Destination} in transaction {Lt}, and that the book didn't know, are booked: {Kind}")]
    private partial void LogReconciled(long nano, string destination, long lt, UnknownPaymentState kind);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Count} payments up to transaction {Lt} that nobody can explain were accepted as the operator's loss")]
    private partial void LogAccepted(int count, long lt);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The wallet sent {Nano} nano in transaction {Lt} that no intent asked for")]
    private partial void LogSentByOthers(long nano, long lt);

    [LoggerMessage(Level = LogLevel.Error, Message = "The wallet has {Nano} nano: too little for the next of {Count} or more messages. Send coins to it")]
    private partial void LogTooLittle(long nano, int count);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The wallet has {Nano} nano on the chain, and {Booked} in the books")]
    private partial void LogDifference(long nano, long booked);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {QueryId} was refused by its destination, exit code {ExitCode}")]
    private partial void LogBounced(long queryId, int? exitCode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of message {IntentId} can't be told: {Reason}")]
    private partial void LogNotFollowed(Guid intentId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether the bytes for counter {Seqno} were taken is unknown; the same ones are sent again: {Reason}")]
    private partial void LogSendUnknown(long seqno, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The wallet could not be looked at; tried again in {Delay}: {Reason}")]
    private partial void LogFailed(TimeSpan delay, string reason);
}
