using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;

namespace CocoonOrleans.Tests.Attestation.Worlds;

/// <summary>One simulated world for all tests, at one time: keys are made once, and chance is no part of any verdict.</summary>
internal static class World
{
    public static readonly DateTimeOffset Now = new(2030, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly SimulatedWorld Simulated = new(Now);

    public static TrustAnchor Anchor => Simulated.Anchor;

    /// <summary>Makes a platform.</summary>
    public static SimulatedPlatform Platform(Action<WorldSettings>? change = null)
    {
        var settings = new WorldSettings();
        change?.Invoke(settings);
        return Simulated.Platform(settings);
    }

    /// <summary>Makes quote and collateral.</summary>
    public static Evidence Make(Action<WorldSettings>? change = null)
    {
        var platform = Platform(change);
        Assert.True(Collateral.TryParse(JsonSerializer.SerializeToUtf8Bytes(platform.Collateral(Now)), out var parsed, out var refusal), refusal?.ToString());
        return new Evidence { Quote = platform.Quote(), Collateral = parsed! };
    }

    /// <summary>Makes them and verifies them.</summary>
    public static EvidenceVerdict Verify(Action<WorldSettings>? change = null, EvidencePolicy? policy = null, DateTimeOffset? now = null) =>
        new EvidenceVerifier(Anchor).Verify(Make(change), policy ?? new EvidencePolicy(), now ?? Now);
}
