namespace CocoonOrleans.Cli.Cluster;

/// <summary>A revocation, as the administration tells it and <c>cocoon cluster revoke --json</c> writes it.</summary>
/// <param name="Kind"><c>worker</c>, <c>platform</c>, <c>image</c> or <c>measurement</c>.</param>
/// <param name="Value">What is revoked, hex.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when.</param>
public sealed record RevocationState(string Kind, string Value, string Reason, DateTimeOffset Since);
