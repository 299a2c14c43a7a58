using CocoonOrleans.Ledger.Accounts;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Ends a key for good: no hold is placed with it from now on. Results: <see cref="ApiKeyRevoked"/>, <see cref="ApiKeyRefused"/> (no such key),
/// <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="KeyId">The key.</param>
public sealed record RevokeApiKey(string KeyId) : LedgerOperation;

/// <summary>The key is revoked.</summary>
/// <param name="Key">The key as it stands, with <see cref="StoredApiKey.RevokedAt"/> set.</param>
/// <param name="Repeated">Whether it was revoked before.</param>
public sealed record ApiKeyRevoked(StoredApiKey Key, bool Repeated) : LedgerResult;
