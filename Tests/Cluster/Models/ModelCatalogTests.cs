using CocoonOrleans.Grains;
using CocoonOrleans.Grains.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Cluster.Models;

[Collection(TwoSilosCollection.Name)]
public sealed class ModelCatalogTests(TwoSilos silos) : ClusterTest(silos)
{
    [Fact]
    public async Task List_ConfiguredModel_IsTold()
    {
        CatalogModel model = Assert.Single(await Silos.Client.GetGrain<IModelCatalogGrain>(0).ListAsync());

        Assert.Equal((Sample.Model, Sample.Manifest, 4096, 256, 100L), (model.Name, model.ManifestSha256, model.ContextTokens, model.DefaultMaxCompletionTokens, model.Reserve.Prompt.Value));
    }

    [Fact]
    public void Models_ConfigurationChanges_AreTakenUp()
    {
        using IHost host = CreateHost(out IConfigurationRoot configuration);
        ModelCatalog catalog = host.Services.GetRequiredService<ModelCatalog>();

        configuration["Catalog:Models:0:Name"] = "newer";
        configuration.Reload();

        Assert.Equal("newer", Assert.Single(catalog.Models).Name);
    }

    [Fact]
    public void Models_ConfigurationChangesToSomethingWrong_StayAsTheyWere()
    {
        using IHost host = CreateHost(out IConfigurationRoot configuration);
        ModelCatalog catalog = host.Services.GetRequiredService<ModelCatalog>();

        configuration["Catalog:Models:0:ManifestSha256"] = "short";
        Assert.ThrowsAny<Exception>(configuration.Reload);

        Assert.Equal(Sample.Manifest, Assert.Single(catalog.Models).ManifestSha256);
    }

    [Theory]
    [InlineData("Catalog:Models:0:Name", "a b", "Catalog:Models:0:Name")]
    [InlineData("Catalog:Models:0:ManifestSha256", "ABC", "Catalog:Models:0:ManifestSha256")]
    [InlineData("Catalog:Models:0:DefaultMaxCompletionTokens", "9999", "DefaultMaxCompletionTokens must not be above ContextTokens")]
    [InlineData("Catalog:Models:0:Context", "1", "Catalog:Models:0:ContextTokens")]
    public void Options_Wrong_NameTheKey(string key, string value, string expected)
    {
        using IHost host = CreateHost(out IConfigurationRoot configuration);
        configuration[key] = value;

        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IOptions<CatalogOptions>>().Value);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static IHost CreateHost(out IConfigurationRoot configuration)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Catalog:Models:0:Name"] = "older",
            ["Catalog:Models:0:ManifestSha256"] = Sample.Manifest,
            ["Catalog:Models:0:TokenizerSha256"] = Sample.Manifest,
            ["Catalog:Models:0:ContextTokens"] = "4096",
            ["Catalog:Models:0:DefaultMaxCompletionTokens"] = "256",
        });
        builder.Services.AddGrainServices(builder.Configuration);
        configuration = builder.Configuration;
        return builder.Build();
    }
}
