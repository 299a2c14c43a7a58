namespace CocoonOrleans.Cli.Network;

/// <summary>The JSON object of <c>cocoon up</c>, written when the first request will succeed.</summary>
/// <param name="Url">The gateway.</param>
/// <param name="Key">The development account's API key.</param>
/// <param name="Model">The model that is served.</param>
/// <param name="ModelSha256">Hex SHA-256 of its manifest.</param>
/// <param name="Processes">Process ids.</param>
public sealed record UpResult(Uri Url, string Key, string Model, string ModelSha256, NetworkProcesses Processes);
