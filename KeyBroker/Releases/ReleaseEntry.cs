namespace CocoonOrleans.KeyBroker.Releases;

/// <summary>One release, as it is written down. A share is never part of it.</summary>
/// <param name="At">When.</param>
/// <param name="Model">The model's name in its manifest.</param>
/// <param name="Manifest">The hash of the encrypted model's manifest.</param>
/// <param name="Share">Which share: its x.</param>
/// <param name="Statement">The hash of the statement of who asked.</param>
/// <param name="Tier">The tier that its evidence showed.</param>
/// <param name="Image">The image that it runs; null where a test key asks for none.</param>
/// <param name="Worker">The worker's id: SHA-256 of its tunnel key, by its own statement.</param>
/// <param name="Platform">The machine: a hash of its PPID.</param>
/// <param name="From">The address from which the request came.</param>
internal sealed record ReleaseEntry(DateTimeOffset At, string Model, string Manifest, int Share, string Statement, string Tier, string? Image, string Worker, string Platform, string From);
