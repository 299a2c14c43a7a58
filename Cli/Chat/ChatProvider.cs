namespace CocoonOrleans.Cli.Chat;

/// <summary>What a gateway says of how it had an answer made.</summary>
/// <param name="Sealer">Who sealed the request to the worker: <c>gateway</c>, or <c>client</c>: then no gateway could read it.</param>
/// <param name="Tier">The trust tier of the worker's statement.</param>
/// <param name="StatementHash">The statement to which the request was sealed, 64 hex digits.</param>
/// <param name="ReceiptVerified">Whether the worker's usage receipt came and is valid.</param>
public sealed record ChatProvider(string Sealer, string Tier, string StatementHash, bool ReceiptVerified);
