namespace CocoonOrleans.Grains.Registries;

/// <summary>A registry as the chain tells it.</summary>
/// <param name="Mark">What it is and how far it has come.</param>
/// <param name="Time">The chain's clock when it was so.</param>
/// <param name="Images">Images that workers may run.</param>
/// <param name="Models">Manifest hashes of its models.</param>
/// <param name="Unreadable">How many entries can't be read, and so allow nothing.</param>
/// <param name="Waiting">How many proposals wait to change it.</param>
/// <param name="Successor">The registry that follows it; null where none does.</param>
public sealed record RegistryObservation(
    RegistryMark Mark, DateTimeOffset Time, IReadOnlyList<AllowedImage> Images, IReadOnlyList<string> Models, int Unreadable, int Waiting, string? Successor);
