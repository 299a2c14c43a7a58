namespace CocoonOrleans.Grains.Accounts;

/// <summary>An API key as it is stored.</summary>
/// <param name="KeyId">The public part.</param>
/// <param name="SecretSha256">SHA-256 of the secret.</param>
/// <param name="Label">What its owner calls it.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="RevokedAt">When it was revoked; null where it is in force.</param>
/// <param name="LowestTrust">The lowest trust tier that may serve its requests: <c>open</c>, <c>tdx</c> or <c>confidential</c>; null for any.</param>
/// <param name="MayLowerTrust">Whether a request may ask for less.</param>
[GenerateSerializer, Alias("cocoon.ApiKeyView")]
public sealed record ApiKeyView(
    [property: Id(0)] string KeyId,
    [property: Id(1)] byte[] SecretSha256,
    [property: Id(2)] string Label,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset? RevokedAt,
    [property: Id(5)] string? LowestTrust = null,
    [property: Id(6)] bool MayLowerTrust = false);
