namespace CocoonOrleans.Grains.Registries;

/// <summary>What the cluster knows of the network's registry.</summary>
/// <param name="IsUsed">Whether the network has a registry; where it has none, each gateway's own policy is all there is.</param>
/// <param name="Revision">Rises with each change; 0 while it was never read.</param>
/// <param name="FreshUntil">Until when new workers may be admitted by it: how old the chain's last word may be.</param>
/// <param name="Changed">What it allows; null where nothing has changed since the revision that was named, or it was never read.</param>
[GenerateSerializer, Alias("cocoon.RegistryAnswer")]
public sealed record RegistryAnswer(
    [property: Id(0)] bool IsUsed, [property: Id(1)] long Revision, [property: Id(2)] DateTimeOffset FreshUntil, [property: Id(3)] RegistryContent? Changed);
