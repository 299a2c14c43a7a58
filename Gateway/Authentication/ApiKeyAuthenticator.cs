using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Grains.Accounts;
using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Gateway.Authentication;

/// <summary>Checks the bearer key of a request.</summary>
public sealed class ApiKeyAuthenticator(KeyCache keys)
{
    private const string Scheme = "Bearer ";

    // Compared with where there is no key, so that an unknown key takes the time of a revoked one.
    private static readonly byte[] NoHash = new byte[32];

    /// <summary>Who sent the request; null where its key is absent, malformed, unknown or revoked.</summary>
    /// <exception cref="Cluster.ClusterUnavailableException">The key is not remembered, and nobody could look it up.</exception>
    public async Task<Caller?> AuthenticateAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        string? header = http.Request.Headers.Authorization;
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || !ApiKey.TryParse(header[Scheme.Length..].Trim(), out ApiKey? key))
        {
            return null;
        }

        ApiKeyView? stored = await keys.FindAsync(key, http.RequestAborted);
        bool matches = key.Matches(stored?.SecretSha256 ?? NoHash);
        return matches & stored is { RevokedAt: null } ? new Caller(key.AccountId, key.KeyId, stored!.Label, TierNames.Parse(stored.LowestTrust), stored.MayLowerTrust) : null;
    }
}
