namespace CocoonOrleans.Sealing;

/// <summary>
/// Why something sealed was refused: for tests and counters. From outside all of them are <see cref="SealingErrorCodes.Rejected"/>: which it was would tell
/// an attacker how far it got.
/// </summary>
public enum SealingFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The bytes do not have the form of docs/protocol.md.</summary>
    Malformed,

    /// <summary>More bytes, or more records, than are taken.</summary>
    TooLarge,

    /// <summary>A statement does not have the form, or a field is out of its range.</summary>
    StatementMalformed,

    /// <summary>The statement is of another network than the rest.</summary>
    OtherNetwork,

    /// <summary>The statement does not speak as a worker: prompts are not for it.</summary>
    NoWorker,

    /// <summary>The statement is not valid yet, even with the allowed difference of clocks.</summary>
    StatementNotYetValid,

    /// <summary>The statement has expired, even with the allowed difference of clocks.</summary>
    StatementExpired,

    /// <summary>None of the statements named is one of this worker that still has its keys.</summary>
    UnknownRecipient,

    /// <summary>The suite is unknown, or the statement does not offer it: a downgrade, or a client of another version.</summary>
    SuiteNotOffered,

    /// <summary>The worker's tier is below what the request demands.</summary>
    TierTooLow,

    /// <summary>The request has expired.</summary>
    RequestExpired,

    /// <summary>The request was here before.</summary>
    Replayed,

    /// <summary>The counter of a session is too far behind to know whether it was here before.</summary>
    CounterTooOld,

    /// <summary>No more requests can be remembered in this epoch, so none is taken.</summary>
    ReplayMemoryFull,

    /// <summary>No more sessions can be kept in this epoch.</summary>
    TooManySessions,

    /// <summary>More decapsulations than the budget allows.</summary>
    DecapsulationBudgetSpent,

    /// <summary>A public key or an encapsulation that is not valid for its suite.</summary>
    InvalidKey,

    /// <summary>The wrapped secret does not open: another key, or a changed header, recipient or wrap.</summary>
    WrapRejected,

    /// <summary>A record does not open: changed, moved, repeated, or of another stream.</summary>
    RecordRejected,

    /// <summary>A record opens, but what is in it breaks the protocol.</summary>
    RecordMalformed,

    /// <summary>A record where it may not stand.</summary>
    RecordOutOfOrder,

    /// <summary>The bytes end before the final or error record.</summary>
    Truncated,

    /// <summary>Bytes after the final or error record.</summary>
    TrailingBytes,

    /// <summary>The final record's hash is not that of what came before it.</summary>
    TranscriptMismatch,

    /// <summary>The answer names a worker to which the request was not sealed.</summary>
    UnknownWorker,

    /// <summary>A session has counted to its end, or its statement has expired: a new one is needed.</summary>
    SessionOver,
}
