namespace CocoonOrleans.Grains.Accounts;

/// <summary>A new API key. The secret itself never comes here.</summary>
/// <param name="KeyId">The public part of the key.</param>
/// <param name="SecretSha256">SHA-256 of the secret, which has 256 random bits: no slow hash is needed.</param>
/// <param name="Label">What its owner calls it; at most 100 characters.</param>
/// <param name="LowestTrust">The lowest trust tier that may serve its requests: <c>open</c>, <c>tdx</c> or <c>confidential</c>; null for any.</param>
/// <param name="MayLowerTrust">Whether a request may ask for less.</param>
[GenerateSerializer, Alias("cocoon.ApiKeyCreation")]
public sealed record ApiKeyCreation(
    [property: Id(0)] string KeyId,
    [property: Id(1)] byte[] SecretSha256,
    [property: Id(2)] string Label,
    [property: Id(3)] string? LowestTrust = null,
    [property: Id(4)] bool MayLowerTrust = false);
