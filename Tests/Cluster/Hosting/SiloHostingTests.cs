using CocoonOrleans.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Cluster.Hosting;

public sealed class SiloHostingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cocoon-silo-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("Silo:GatewayPrt", "1", "Silo:GatewayPrt is not a setting. The nearest one is Silo:GatewayPort.")]
    [InlineData("Silo:Port", "0", "Silo:Port: ")]
    [InlineData("Cluster:ClusterId", "", "Cluster:ClusterId: ")]
    public void AddSilo_WrongSettingOfTheSilo_IsRefusedWithItsKey(string key, string value, string expected)
    {
        OptionsValidationException error = Assert.Throws<OptionsValidationException>(() => Build(Environments.Development, (key, value)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Accounts:DevelopmentGrantNano", "1")]
    [InlineData("Ledger:AllowTreasuryTransfers", "true")]
    public async Task Start_MoneyFromNothingInProduction_IsRefused(string key, string value)
    {
        using IHost host = Build(Environments.Production, (key, value));

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains("Production", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MisspeltSettingOfAGrain_IsRefusedWithTheNearestKey()
    {
        using IHost host = Build(Environments.Development, ("Sweeper:Grase", "00:00:01"));

        OptionsValidationException error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("Sweeper:Grase is not a setting. The nearest one is Sweeper:Grace.", error.Message, StringComparison.Ordinal);
    }

    private IHost Build(string environment, params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.Append(("Silo:DataFolder", _folder.FullName)).ToDictionary(pair => pair.Item1, string? (pair) => pair.Item2));
        builder.AddSilo();
        return builder.Build();
    }
}
