namespace CocoonOrleans.Cli.Demo;

/// <summary>The demo's encrypted model, and who got its key. No key and no share is part of it.</summary>
/// <param name="ManifestSha256">The hash of the encrypted model's manifest, by which brokers know it.</param>
/// <param name="KeyId">The hash of the model's key, as the manifest commits to it: it names the key and says nothing about it.</param>
/// <param name="Brokers">How many brokers hold a share.</param>
/// <param name="Threshold">How many of them a worker needs.</param>
/// <param name="Releases">How many shares were released, each after the evidence of the worker that asked was verified.</param>
/// <param name="Tier">The tier that the evidence showed.</param>
public sealed record DemoEncryption(string ManifestSha256, string KeyId, int Brokers, int Threshold, int Releases, string Tier);
