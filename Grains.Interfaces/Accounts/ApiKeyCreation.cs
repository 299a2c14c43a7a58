namespace CocoonOrleans.Grains.Accounts;

/// <summary>A new API key. The secret itself never comes here.</summary>
/// <param name="KeyId">The public part of the key.</param>
/// <param name="SecretSha256">SHA-256 of the secret, which has 256 random bits: no slow hash is needed.</param>
/// <param name="Label">What its owner calls it; at most 100 characters.</param>
[GenerateSerializer, Alias("cocoon.ApiKeyCreation")]
public sealed record ApiKeyCreation([property: Id(0)] string KeyId, [property: Id(1)] byte[] SecretSha256, [property: Id(2)] string Label);
