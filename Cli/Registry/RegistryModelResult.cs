namespace CocoonOrleans.Cli.Registry;

/// <summary>A model that a registry lists.</summary>
/// <param name="Hash">Hash of its manifest.</param>
/// <param name="Name">Its name.</param>
public sealed record RegistryModelResult(string Hash, string Name);
