namespace CocoonOrleans.Cli.Registry;

/// <summary>A gateway that a registry lists.</summary>
/// <param name="KeyHash">SHA-256 of its attested key.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="ValidUntil">Until when.</param>
public sealed record RegistryGatewayResult(string KeyHash, string Address, DateTimeOffset ValidUntil);
