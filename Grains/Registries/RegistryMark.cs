namespace CocoonOrleans.Grains.Registries;

/// <summary>The newest of one registry that was believed: it never goes back.</summary>
/// <param name="Registry">Network and address.</param>
/// <param name="Version">Its version.</param>
/// <param name="Next">The number that the next proposal has.</param>
/// <param name="Content">Hash of its content, 64 hex digits.</param>
[GenerateSerializer, Alias("cocoon.RegistryMark")]
public sealed record RegistryMark([property: Id(0)] string Registry, [property: Id(1)] uint Version, [property: Id(2)] uint Next, [property: Id(3)] string Content);
