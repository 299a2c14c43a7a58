using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Sealing.Records;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Gateway.Sealing;

public sealed class SealingOptionsTests
{
    [Theory]
    [InlineData("off", TrafficPadding.Off)]
    [InlineData("balanced", TrafficPadding.Balanced)]
    public void Padding_OffOrBalanced_IsTaken(string padding, TrafficPadding expected) => Assert.Equal(expected, Bind("Sealing:Padding", padding).Sealing.Padding);

    [Fact]
    public void Padding_NotSaid_IsBalanced() => Assert.Equal(TrafficPadding.Balanced, Bind("NetworkId", "cocoon-1").Sealing.Padding);

    [Theory]
    [InlineData("Sealing:Padding", "strict", "Gateway:Sealing:Padding")]
    [InlineData("Sealing:Pading", "off", "Gateway:Sealing:Padding")]
    [InlineData("NetworkId", "Upper", "Gateway:NetworkId")]
    public void Settings_Wrong_AreRefusedNamingTheKey(string key, string value, string named) =>
        Assert.Contains(named, Assert.Throws<OptionsValidationException>(() => Bind(key, value)).Message, StringComparison.Ordinal);

    private static GatewayOptions Bind(string key, string value)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"Gateway:{key}", value)]).Build();
        var services = new ServiceCollection();
        services.AddStrictOptions<GatewayOptions>(configuration.GetSection(GatewayOptions.Section));
        return services.BuildServiceProvider().GetRequiredService<IOptions<GatewayOptions>>().Value;
    }
}
