using Microsoft.Extensions.Hosting;

namespace CocoonOrleans.Tunnel.Trust;

/// <summary>Trusts every key, for development on one machine only, and labels each peer so.</summary>
public sealed class AnyKey : ITunnelTrust
{
    /// <summary>What stands beside every peer that was let in without a check.</summary>
    public const string Label = "development: any key";

    /// <exception cref="InvalidOperationException">The environment is Production.</exception>
    public AnyKey(IHostEnvironment environment)
    {
        if (environment.IsProduction())
            throw new InvalidOperationException("Letting any worker key in is for development: list the allowed keys, or leave the Production environment.");
    }

    /// <inheritdoc/>
    public ValueTask<TrustVerdict> JudgeAsync(TunnelPeer peer, CancellationToken cancellationToken) => new(TrustVerdict.Trusted(Label));
}
