namespace CocoonOrleans.Cli.Registry;

/// <summary>An image that a registry allows.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="Role">1 worker, 2 gateway, 3 key broker.</param>
/// <param name="ValidFrom">From when.</param>
/// <param name="ValidUntil">Until when.</param>
/// <param name="Note">For people.</param>
public sealed record RegistryImageResult(string Id, int Role, DateTimeOffset ValidFrom, DateTimeOffset ValidUntil, string Note);
