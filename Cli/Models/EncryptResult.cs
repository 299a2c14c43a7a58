namespace CocoonOrleans.Cli.Models;

/// <summary>The JSON object of <c>cocoon model encrypt</c>. No key and no share is part of it.</summary>
/// <param name="Folder">The encrypted folder: for providers.</param>
/// <param name="ManifestSha256">The hash of its manifest, by which brokers know it.</param>
/// <param name="ModelSha256">The model's id, as the catalogue names it: that of the plain folder.</param>
/// <param name="KeyFile">Where the key is: the owner's alone.</param>
/// <param name="Tier">The least tier that gets the key.</param>
/// <param name="Images">The images that get it.</param>
/// <param name="Threshold">How many brokers are needed.</param>
/// <param name="Brokers">Each broker with the share file that is its.</param>
/// <param name="EncryptedBytes">How many bytes of weights were encrypted.</param>
public sealed record EncryptResult(
    string Folder,
    string ManifestSha256,
    string ModelSha256,
    string KeyFile,
    string Tier,
    IReadOnlyList<string> Images,
    int Threshold,
    IReadOnlyList<EncryptBroker> Brokers,
    long EncryptedBytes);

/// <summary>A broker of an encrypted model.</summary>
/// <param name="Address">Where it answers.</param>
/// <param name="ShareFile">The file to give to it, by a way that nobody else reads.</param>
public sealed record EncryptBroker(string Address, string ShareFile);
