using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>Keys that demand a trust tier, before workers that have none.</summary>
[Collection(ScriptedNetwork.Collection)]
public sealed class KeyTrustTests(ScriptedNetwork fixture)
{
    [Theory]
    [InlineData(null, false, null, 200, null)]
    [InlineData("tdx", false, null, 503, "no_attested_provider")]
    [InlineData("tdx", false, "simulated", 403, "trust_not_allowed")]
    [InlineData("tdx", true, null, 503, "no_attested_provider")]
    [InlineData("tdx", true, "simulated", 200, null)]
    [InlineData("tdx", true, "confidential", 503, "no_attested_provider")]
    [InlineData(null, false, "tdx", 503, "no_attested_provider")]
    public async Task Chat_KeyThatDemandsATier_IsNeverServedBelowItSilently(string? lowest, bool mayLower, string? asked, int status, string? code)
    {
        var account = await fixture.Network.Admin.CreateAccountAsync("trust", CancellationToken.None, lowestTrust: lowest, mayLowerTrust: mayLower);
        using var http = fixture.Network.OpenHttp(account.ApiKey);

        using var response = await http.PostAsJsonAsync("/v1/chat/completions", new
        {
            model = fixture.Network.Model,
            messages = new[] { new { role = "user", content = "hi" } },
            provider = new { trust = asked },
        });
        using var key = JsonDocument.Parse(await http.GetStringAsync("/v1/key"));
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal((status, code), ((int)response.StatusCode, body.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null));
        Assert.Equal((lowest, mayLower), (key.RootElement.GetProperty("lowest_trust").GetString(), key.RootElement.GetProperty("may_lower_trust").GetBoolean()));
    }
}
