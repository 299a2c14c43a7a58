namespace CocoonOrleans.Grains.Registries;

/// <summary>What the network's registry on the chain allows.</summary>
/// <param name="Registry">Network and address.</param>
/// <param name="Version">The registry's version.</param>
/// <param name="Images">Images that workers may run: no other may.</param>
/// <param name="Models">Hashes of the manifests of models that may be served, 64 lower-case hex digits; none where the registry lists no models, and then any may.</param>
[GenerateSerializer, Alias("cocoon.RegistryContent")]
public sealed record RegistryContent(
    [property: Id(0)] string Registry, [property: Id(1)] uint Version, [property: Id(2)] IReadOnlyList<AllowedImage> Images, [property: Id(3)] IReadOnlyList<string> Models);
