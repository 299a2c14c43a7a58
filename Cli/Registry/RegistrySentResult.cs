namespace CocoonOrleans.Cli.Registry;

/// <summary>The JSON object of <c>cocoon registry deploy</c>, <c>send</c> and <c>apply</c>.</summary>
/// <param name="Address">The registry, raw form.</param>
/// <param name="Done">deployed, waits, applied or stopped.</param>
/// <param name="Transaction">Hash of the registry's transaction; null where it was done before.</param>
/// <param name="Number">The proposal's number; null for a new registry.</param>
/// <param name="Version">The registry's version afterwards.</param>
/// <param name="From">After this anyone may apply it; null where nothing waits.</param>
public sealed record RegistrySentResult(string Address, string Done, string? Transaction, uint? Number, uint Version, DateTimeOffset? From);
