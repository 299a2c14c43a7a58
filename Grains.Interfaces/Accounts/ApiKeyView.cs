namespace CocoonOrleans.Grains.Accounts;

/// <summary>An API key as it is stored.</summary>
/// <param name="KeyId">The public part.</param>
/// <param name="SecretSha256">SHA-256 of the secret.</param>
/// <param name="Label">What its owner calls it.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="RevokedAt">When it was revoked; null where it is in force.</param>
[GenerateSerializer, Alias("cocoon.ApiKeyView")]
public sealed record ApiKeyView(
    [property: Id(0)] string KeyId,
    [property: Id(1)] byte[] SecretSha256,
    [property: Id(2)] string Label,
    [property: Id(3)] DateTimeOffset CreatedAt,
    [property: Id(4)] DateTimeOffset? RevokedAt);
