using CocoonOrleans.Grains.Workers;
using CocoonOrleans.Ledger.Accounts;
using CocoonOrleans.Tests.Cluster.Providers;

namespace CocoonOrleans.Tests.Cluster.Workers;

/// <summary>Nobody earns in the name of a provider that is named by its key without that key's word for the very worker.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class WorkerPassTests(TwoSilos silos) : ClusterTest(silos)
{
    private readonly string _id = Sample.NewWorkerId();

    [Fact]
    public async Task Register_WithThePass_IsAdmittedAndItsProviderIsKnown()
    {
        SampleProvider provider = SampleProvider.Create(Silos);

        await Worker(_id).RegisterAsync(Registration(provider, provider.Pass(_id)));

        Assert.Equal(provider.Id, (await Worker(_id).GetAsync())!.Registration.ProviderId);
        Assert.Equal(AccountClass.Provider, (await Ledger.GetAccountAsync(provider.Id, default))!.Class);
    }

    [Fact]
    public async Task Register_WithoutThePassOrWithAnothers_IsRefused()
    {
        SampleProvider provider = SampleProvider.Create(Silos);
        SampleProvider thief = SampleProvider.Create(Silos);
        string good = provider.Pass(_id);
        foreach (string? pass in (string?[])[null, "", thief.Pass(_id), provider.Pass(Sample.NewWorkerId()), good.ToUpperInvariant(), $"{good[..^1]}g", good + good])
        {
            ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(() => Worker(_id).RegisterAsync(Registration(provider, pass)));
            Assert.StartsWith("ProviderPass ", refused.Message, StringComparison.Ordinal);
        }

        Assert.Null(await Worker(_id).GetAsync());
        Assert.Null(await Ledger.GetAccountAsync(provider.Id, default));
    }

    [Fact]
    public async Task Register_NameThatIsNoKeyWithAPass_IsRefused()
    {
        SampleProvider provider = SampleProvider.Create(Silos);

        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
            () => Worker(_id).RegisterAsync(Registration(provider, provider.Pass(_id)) with { ProviderId = "anna" }));

        Assert.StartsWith("ProviderPass ", refused.Message, StringComparison.Ordinal);
    }

    private static WorkerRegistration Registration(SampleProvider provider, string? pass) =>
        Sample.Registration(Sample.NewModel()) with { ProviderId = provider.Id, ProviderPass = pass };
}
