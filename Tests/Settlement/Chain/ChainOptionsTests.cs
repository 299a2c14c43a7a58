using CocoonOrleans.Market.Configuration;
using CocoonOrleans.Ton.Chain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Settlement.Chain;

public sealed class ChainOptionsTests
{
    [Fact]
    public void Options_TwoOwners_AreAQuorum()
    {
        ChainOptions options = Read(("Endpoints:0:Address", "https://one.example/api/v2/"), ("Endpoints:1:Address", "https://two.example/api/v2/"));

        Assert.True(options.IsUsed);
        Assert.True(options.HasQuorum);
    }

    [Fact]
    public void Options_Nothing_MeanNoChain() => Assert.False(Read().IsUsed);

    [Theory]
    [InlineData("Network", "7")]
    [InlineData("QuorumAboveNano", "-1")]
    [InlineData("Timeout", "00:00:00")]
    [InlineData("Retries", "11")]
    [InlineData("Endpoints:0:RequestsPerSecond", "0")]
    [InlineData("Endpoints:0:Address", "http://one.example/api/v2/")]
    [InlineData("Endpoints:0:Address", "https://one.example/api/v2")]
    [InlineData("Endpoints:0:Address", "https://key@one.example/api/v2/")]
    [InlineData("Endpoints:0:Address", "api/v2/")]
    [InlineData("Endpoint", "https://one.example/api/v2/")]
    public void Options_WrongValue_IsRefusedWithItsKey(string key, string value)
    {
        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => Read(("Endpoints:1:Address", "https://one.example/api/v2/"), (key, value)));

        Assert.Contains($"Chain:{key.Split(':')[0]}", refused.Message, StringComparison.Ordinal);
    }

    private static ChainOptions Read(params (string Key, string Value)[] settings)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Chain:{setting.Key}", (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection();
        IConfigurationSection section = configuration.GetSection("Chain");
        services.AddStrictOptions<ChainOptions>(section);
        var rules = (IValidateOptions<ChainOptions>)services.Single(service => service.ServiceType == typeof(IValidateOptions<ChainOptions>)).ImplementationInstance!;
        ChainOptions options = section.Get<ChainOptions>() ?? new ChainOptions();
        ValidateOptionsResult result = rules.Validate(null, options);
        return result.Failed ? throw new OptionsValidationException("Chain", typeof(ChainOptions), result.Failures) : options;
    }
}
