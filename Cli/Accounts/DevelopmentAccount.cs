using CocoonOrleans.Cli.Network;

namespace CocoonOrleans.Cli.Accounts;

/// <summary>The account that a local network gives to whoever started it. Made at the first start; its key is kept for the next one.</summary>
internal static class DevelopmentAccount
{
    /// <summary>Its id.</summary>
    public const string Id = "dev";

    /// <summary>Makes account and key where there are none.</summary>
    /// <returns>The API key.</returns>
    public static Task<string> EnsureAsync(AdminClient admin, DataFolder data, CancellationToken cancellationToken) => throw new NotImplementedException();
}
