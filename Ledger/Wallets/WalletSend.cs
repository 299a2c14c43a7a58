namespace CocoonOrleans.Ledger.Wallets;

/// <summary>Signed bytes that tell a wallet to send messages. They are stored before they are sent, and the same bytes are sent until it is known that they ran or never will.</summary>
/// <param name="Wallet">The wallet, in raw form.</param>
/// <param name="Seqno">The wallet's counter that they are for; each value works once.</param>
/// <param name="Attempt">1 for the first bytes of that counter; the next ones are signed only when those before have expired by the chain's clock.</param>
/// <param name="ValidUntil">The chain's time, Unix seconds, from which on the wallet refuses them.</param>
/// <param name="BodyHash">Hash of the body, 32 bytes, by which the wallet's transaction is found.</param>
/// <param name="Message">The whole external message, a bag of cells.</param>
public sealed record WalletSend(string Wallet, long Seqno, int Attempt, long ValidUntil, ReadOnlyMemory<byte> BodyHash, ReadOnlyMemory<byte> Message);
