namespace CocoonOrleans.Ledger.Wallets;

/// <summary>
/// Wallets, the bytes that they signed and the messages that they are to send, in the ledger's database: what happens on the chain and what it means in
/// the books is one commit. Intents are placed by <see cref="Operations.PlaceIntent"/>. Every member may throw <see cref="LedgerUnavailableException"/>.
/// </summary>
public interface IWalletStore
{
    /// <summary>Reads an intent; null where there is none.</summary>
    Task<Intent?> FindIntentAsync(Guid intentId, CancellationToken cancellationToken);

    /// <summary>Wallets with intents that are not at their end, or bytes that may still run.</summary>
    Task<IReadOnlyList<string>> ListBusyWalletsAsync(CancellationToken cancellationToken);

    /// <summary>How far a wallet is in the books; null where it isn't yet.</summary>
    Task<WalletCursor?> FindCursorAsync(string wallet, CancellationToken cancellationToken);

    /// <summary>Takes a wallet into the books with what lies in it, as the operator's capital. Does nothing where it is in them.</summary>
    Task OpenWalletAsync(string wallet, WalletCursor cursor, CancellationToken cancellationToken);

    /// <summary>Intents that wait to be signed, the oldest first.</summary>
    Task<IReadOnlyList<Intent>> ListWaitingAsync(string wallet, int limit, CancellationToken cancellationToken);

    /// <summary>Intents that have left and whose end isn't known, the oldest first.</summary>
    Task<IReadOnlyList<Intent>> ListSentAsync(string wallet, int limit, CancellationToken cancellationToken);

    /// <summary>The bytes that may still run; null where there are none.</summary>
    Task<WalletSend?> FindOpenSendAsync(string wallet, CancellationToken cancellationToken);

    /// <summary>The bytes with a body, whatever became of them; null where there are none.</summary>
    Task<WalletSend?> FindSendAsync(string wallet, ReadOnlyMemory<byte> bodyHash, CancellationToken cancellationToken);

    /// <summary>The intents in signed bytes, in their order.</summary>
    Task<IReadOnlyList<Intent>> ListCarriedAsync(WalletSend send, CancellationToken cancellationToken);

    /// <summary>The number that the next bytes for a counter must have: one above those that were signed for it.</summary>
    Task<int> NextAttemptAsync(string wallet, long seqno, CancellationToken cancellationToken);

    /// <summary>
    /// Stores signed bytes before they are sent. One body at a time may run, each counter and attempt has one body, and no counter that was used comes back;
    /// none is stored for a wallet that is stopped.
    /// </summary>
    /// <param name="send">The bytes.</param>
    /// <param name="cursorLt">The wallet's last transaction that the signer knew; another one in the books means that it knew too little.</param>
    /// <param name="intents">What they carry, in order; all of them waiting.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is unknown then.</param>
    /// <returns>False where somebody else was first. Then the bytes must never be sent.</returns>
    Task<bool> TryAddSendAsync(WalletSend send, long cursorLt, IReadOnlyList<Intent> intents, CancellationToken cancellationToken);

    /// <summary>
    /// Logical time of the wallet's last transaction that its key made and these books know nothing of; null where there is none, or it was acknowledged. While
    /// there is one, no bytes are stored: the books may be older than the wallet, and would send again what has left.
    /// </summary>
    Task<long?> FindStopAsync(string wallet, CancellationToken cancellationToken);

    /// <summary>Lets a wallet sign again, when all that it sent is explained or accepted.</summary>
    /// <returns>False where it isn't stopped, another transaction stopped it since, or a payment is unexplained.</returns>
    Task<bool> TryResumeAsync(string wallet, long stoppedLt, CancellationToken cancellationToken);

    /// <summary>Payments that left a wallet and are unexplained, the oldest first.</summary>
    Task<IReadOnlyList<UnknownPayment>> ListUnknownAsync(string wallet, int limit, CancellationToken cancellationToken);

    /// <summary>Whom wallets may have paid, read at one moment.</summary>
    Task<KnownPayees> ReadPayeesAsync(CancellationToken cancellationToken);

    /// <summary>The intent whose message carries a number, whatever its id; null where there is none.</summary>
    Task<Intent?> FindByQueryAsync(long queryId, CancellationToken cancellationToken);

    /// <summary>Books an unexplained payment as what it was, in one commit: what was paid already is not due, and what waits to be sent for it has left.</summary>
    /// <returns>False where it is explained already, or the books changed since the explanation was made.</returns>
    Task<bool> TryExplainAsync(UnknownPayment payment, PaymentExplanation explanation, CancellationToken cancellationToken);

    /// <summary>Counts all unexplained payments of a wallet as the operator's loss, up to the transaction that stopped it.</summary>
    /// <returns>How many; none where another transaction stopped it.</returns>
    Task<int> AcceptUnknownAsync(string wallet, long stoppedLt, CancellationToken cancellationToken);

    /// <summary>Ends bytes that will never run. What they carried waits again.</summary>
    /// <returns>False where they were at an end already.</returns>
    Task<bool> TryEndSendAsync(WalletSend send, SendEnd end, CancellationToken cancellationToken);

    /// <summary>Takes the wallet's next transaction into the books, with all that it means for intents, in one commit.</summary>
    /// <returns>How far the wallet is now; null where another transaction than <see cref="WalletStep.PreviousLt"/> is the last one in the books.</returns>
    Task<WalletCursor?> TryApplyAsync(WalletStep step, CancellationToken cancellationToken);

    /// <summary>Stores what the destination made of a message.</summary>
    /// <param name="intentId">The intent; it has left.</param>
    /// <param name="bounced">Whether it was refused and comes back.</param>
    /// <param name="exitCode">What the destination's code said; null where none ran.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is unknown then.</param>
    Task EndIntentAsync(Guid intentId, bool bounced, int? exitCode, CancellationToken cancellationToken);
}
