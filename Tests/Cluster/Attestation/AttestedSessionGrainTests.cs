using CocoonOrleans.Grains.Attestation;

namespace CocoonOrleans.Tests.Cluster.Attestation;

/// <summary>What the network knows of a worker's evidence.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class AttestedSessionGrainTests : ClusterTest
{
    private readonly string _worker = Sample.NewWorkerId();
    private readonly AttestedEvidence _evidence;

    public AttestedSessionGrainTests(TwoSilos silos)
        : base(silos) => _evidence = new AttestedEvidence(
            "gateway-1", new string('1', 64), "simulated", "simulated", Now + TimeSpan.FromMinutes(10), new string('2', 64), new string('3', 96), Sample.NewWorkerId(), MustDrain: false);

    /// <summary>What may be wrong with evidence, and the field that is named.</summary>
    public static TheoryData<string, Func<AttestedEvidence, AttestedEvidence>> Bad => new()
    {
        { "GatewayId", evidence => evidence with { GatewayId = "" } },
        { "StatementHash", evidence => evidence with { StatementHash = "00" } },
        { "Tier", evidence => evidence with { Tier = "best" } },
        { "Assurance", evidence => evidence with { Assurance = "some" } },
        { "ImageId", evidence => evidence with { ImageId = "" } },
        { "PlatformId", evidence => evidence with { PlatformId = new string('A', 64) } },
        { "Measurement", evidence => evidence with { Measurement = new string('3', 64) } },
    };

    private IAttestedSessionGrain Grain => Silos.Client.GetGrain<IAttestedSessionGrain>(_worker);

    private IRevocationGrain Revocations => Silos.Client.GetGrain<IRevocationGrain>(0);

    [Fact]
    public async Task Record_GoodEvidence_IsAdmittedAndKnownAfterTheActivationWasLost()
    {
        Assert.Null(await Grain.GetAsync());

        AttestedAdmission admission = await Grain.RecordAsync(_evidence);
        await Silos.Cluster.DeactivateAsync(Grain);

        Assert.Equal(new AttestedAdmission(null, null), admission);
        Assert.Equal(new AttestedSession(_evidence, Now, null), await Grain.GetAsync());
    }

    [Theory]
    [InlineData(RevocationKind.Worker)]
    [InlineData(RevocationKind.Platform)]
    [InlineData(RevocationKind.Image)]
    [InlineData(RevocationKind.Measurement)]
    public async Task Record_Revoked_IsNotAdmittedUntilItIsRestored(RevocationKind kind)
    {
        AttestedEvidence evidence = _evidence with { ImageId = Sample.NewWorkerId(), Measurement = Sample.NewWorkerId() + new string('0', 32) };
        string value = kind switch { RevocationKind.Worker => _worker, RevocationKind.Platform => evidence.PlatformId!, RevocationKind.Image => evidence.ImageId!, _ => evidence.Measurement! };
        Revocation revocation = await Revocations.RevokeAsync(new Revocation(kind, value, "stolen", default));

        Assert.Equal(revocation, (await Grain.RecordAsync(evidence)).Revoked);
        Assert.Null(await Grain.GetAsync());

        await Revocations.RestoreAsync(kind, value);
        Assert.Null((await Grain.RecordAsync(evidence)).Revoked);
    }

    /// <summary>Epoch after epoch, through several gateways, and after a silo forgot: the grace begins once.</summary>
    [Fact]
    public async Task Record_RelaunchAdvised_RemembersSinceWhenUntilItIsNotAnyMore()
    {
        DateTimeOffset since = Now;
        AttestedEvidence drains = _evidence with { MustDrain = true };
        Assert.Equal(since, (await Grain.RecordAsync(drains)).RelaunchAdvisedSince);

        Silos.Clock.Advance(TimeSpan.FromMinutes(10));
        await Silos.Cluster.DeactivateAsync(Grain);
        Assert.Equal(since, (await Grain.RecordAsync(drains with { GatewayId = "gateway-2", StatementHash = new string('4', 64) })).RelaunchAdvisedSince);

        Assert.Null((await Grain.RecordAsync(_evidence)).RelaunchAdvisedSince);
        Assert.Equal(Now, (await Grain.RecordAsync(drains)).RelaunchAdvisedSince);
    }

    [Theory, MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public async Task Record_BadField_IsNamed(string field, Func<AttestedEvidence, AttestedEvidence> spoil)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Grain.RecordAsync(spoil(_evidence)));

        Assert.StartsWith($"{field} ", error.Message, StringComparison.Ordinal);
        Assert.Null(await Grain.GetAsync());
    }
}
