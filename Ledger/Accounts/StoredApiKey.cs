namespace CocoonOrleans.Ledger.Accounts;

/// <summary>An API key as the ledger keeps it: never its secret.</summary>
/// <param name="KeyId">The public part (<see cref="Market.Accounts.ApiKey.KeyId"/>).</param>
/// <param name="AccountId">The client account that pays.</param>
/// <param name="SecretHash">SHA-256 of the secret, 32 bytes.</param>
/// <param name="Label">A name for people, at most <see cref="Operations.LedgerLimits.MaxTextLength"/> characters.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it was revoked; null while it is good.</param>
/// <param name="Trust">What it demands of who serves its requests.</param>
public sealed record StoredApiKey(
    string KeyId, string AccountId, ReadOnlyMemory<byte> SecretHash, string Label, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt, KeyTrust Trust);
