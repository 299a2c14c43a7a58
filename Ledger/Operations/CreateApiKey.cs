using CocoonOrleans.Ledger.Accounts;

namespace CocoonOrleans.Ledger.Operations;

/// <summary>
/// Adds a key to a client account. Results: <see cref="ApiKeyCreated"/>, <see cref="AccountRefused"/>, <see cref="IdReused"/> (same key id, other
/// secret or trust), <see cref="OperationInvalid"/>.
/// </summary>
/// <param name="KeyId">The key's public part; it names the account (<see cref="Market.Accounts.ApiKey"/>).</param>
/// <param name="SecretHash">SHA-256 of the secret, 32 bytes.</param>
/// <param name="Label">A name for people; may be empty.</param>
public sealed record CreateApiKey(string KeyId, ReadOnlyMemory<byte> SecretHash, string Label) : LedgerOperation
{
    /// <summary>What it demands of who serves its requests.</summary>
    public KeyTrust Trust { get; init; } = KeyTrust.None;
}

/// <summary>The key exists.</summary>
/// <param name="Key">The key as it stands.</param>
/// <param name="Repeated">Whether it existed before.</param>
public sealed record ApiKeyCreated(StoredApiKey Key, bool Repeated) : LedgerResult;
