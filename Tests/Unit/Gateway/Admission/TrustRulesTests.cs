using CocoonOrleans.Gateway.Accounts;
using CocoonOrleans.Gateway.Admission;
using CocoonOrleans.Gateway.Authentication;
using CocoonOrleans.Gateway.Errors;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Hosting.Internal;

namespace CocoonOrleans.Tests.Unit.Gateway.Admission;

public sealed class TrustRulesTests
{
    [Theory]
    [InlineData(null, false, null, null)]
    [InlineData(null, false, TrustTier.Tdx, TrustTier.Tdx)]
    [InlineData(null, false, TrustTier.Simulated, TrustTier.Simulated)]
    [InlineData(TrustTier.Tdx, false, null, TrustTier.Tdx)]
    [InlineData(TrustTier.Tdx, false, TrustTier.Confidential, TrustTier.Confidential)]
    [InlineData(TrustTier.Tdx, false, TrustTier.Tdx, TrustTier.Tdx)]
    [InlineData(TrustTier.Tdx, true, TrustTier.Open, TrustTier.Open)]
    [InlineData(TrustTier.Tdx, true, TrustTier.Simulated, TrustTier.Simulated)]
    [InlineData(TrustTier.Tdx, true, null, TrustTier.Tdx)]
    public void Lowest_RequestThatMayAskForIt_IsWhatCounts(TrustTier? key, bool mayLower, TrustTier? wanted, TrustTier? expected)
    {
        Assert.Equal(expected, TrustRules.Lowest(Caller(key, mayLower), wanted, "provider.trust", out ApiError? error));
        Assert.Null(error);
    }

    [Theory]
    [InlineData(TrustTier.Confidential, TrustTier.Tdx)]
    [InlineData(TrustTier.Tdx, TrustTier.Open)]
    [InlineData(TrustTier.Open, TrustTier.Simulated)]
    public void Lowest_LessThanTheKeyAllows_IsRefused(TrustTier key, TrustTier wanted)
    {
        TrustRules.Lowest(Caller(key, mayLower: false), wanted, "provider.trust", out ApiError? error);

        Assert.Equal((ErrorKinds.TrustNotAllowed, "provider.trust"), (error?.Kind, error?.Param));
    }

    [Theory]
    [InlineData("Production", null, "confidential")]
    [InlineData("Production", "tdx", "tdx")]
    [InlineData("Production", "none", null)]
    [InlineData("Development", null, null)]
    [InlineData("Development", "confidential", "confidential")]
    public void LowestTrust_OfANewKey_DependsOnWhereItIsMade(string environment, string? asked, string? expected) =>
        Assert.Equal(expected, new AdminRequest(LowestTrust: asked).LowestTrustIn(new HostingEnvironment { EnvironmentName = environment }));

    private static Caller Caller(TrustTier? lowest, bool mayLower) => new("acct-1", "acct-1.00000000", "label", lowest, mayLower);
}
