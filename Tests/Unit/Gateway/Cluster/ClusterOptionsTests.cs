using CocoonOrleans.Gateway.Cluster;
using CocoonOrleans.Market.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Unit.Gateway.Cluster;

public sealed class ClusterOptionsTests
{
    [Theory]
    [InlineData("Cluster:Silos:0", "silo-1:30000", "Cluster:Silos: needs Cluster:Tls")]
    [InlineData("Cluster:Silos:0", "silo-1", "Cluster:Silos: must be hosts and ports")]
    [InlineData("Cluster:Silos:0", "user@silo-1:30000", "Cluster:Silos: must be hosts and ports")]
    [InlineData("Cluster:Silos:0", "silo-1:30000/path", "Cluster:Silos: must be hosts and ports")]
    public void Read_SilosThatDoNotDo_AreRefusedByName(string key, string value, string refusal)
    {
        var services = new ServiceCollection();
        services.AddStrictOptions<ClusterOptions>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build().GetSection(ClusterOptions.Section));
        using ServiceProvider provider = services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<ClusterOptions>>().Value);

        Assert.Contains(refused.Failures, failure => failure.StartsWith(refusal, StringComparison.Ordinal));
    }
}
