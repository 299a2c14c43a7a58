using CocoonOrleans.Cli.Network;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Cli.Accounts;

/// <summary>The account that a local network gives to whoever started it. Made at the first start; its key is kept for the next one.</summary>
internal static class DevelopmentAccount
{
    /// <summary>Its id.</summary>
    public const string Id = "dev";

    /// <summary>Makes account and key where there are none.</summary>
    /// <returns>The API key.</returns>
    public static async Task<string> EnsureAsync(AdminClient admin, DataFolder data, CancellationToken cancellationToken)
    {
        // The kept key is of use only as long as the ledger beside it still knows the account.
        if (File.Exists(data.DevelopmentKey)
            && (await File.ReadAllTextAsync(data.DevelopmentKey, cancellationToken)).Trim() is var kept
            && ApiKey.TryParse(kept, out _)
            && await admin.FindAccountAsync(Id, cancellationToken) is not null)
        {
            return kept;
        }

        var created = await admin.CreateAccountAsync("development", cancellationToken, Id);
        DataFolder.WritePrivate(data.DevelopmentKey, created.ApiKey);
        return created.ApiKey;
    }
}
