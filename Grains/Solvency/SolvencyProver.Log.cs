using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Grains.Solvency;

internal sealed partial class SolvencyProver
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Proof of solvency at block {Seqno}: {Assets} nano cover {Liabilities}, owed to {Accounts}")]
    private partial void LogProved(uint seqno, long assets, long liabilities, int accounts);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The operator owes {Liabilities} nano and has {Assets}: {Missing} are missing. No more top-ups to prepaid accounts are taken")]
    private partial void LogInsolvent(long liabilities, long assets, long missing);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Address}: the book has {Booked} nano, the chain {OnChain}")]
    private partial void LogDifference(string address, long booked, long onChain);

    [LoggerMessage(Level = LogLevel.Information, Message = "No proof of solvency yet: {Count} addresses moved since the book saw them; tried again at the next sweep")]
    private partial void LogMoving(int count);
}
