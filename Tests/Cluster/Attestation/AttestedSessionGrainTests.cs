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
        { "Assurance", evidence => evidence with { Assurance = "none" } },
        { "PlatformId", evidence => evidence with { PlatformId = null, MustDrain = true } },
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

        // Up to date at last, and quiet for as long as the longest grace: what is advised after that is another advice.
        Assert.Null((await Grain.RecordAsync(_evidence)).RelaunchAdvisedSince);
        Assert.Equal(since, (await Grain.RecordAsync(drains)).RelaunchAdvisedSince);
        Silos.Clock.Advance(IAttestedPlatformGrain.Quiet + TimeSpan.FromHours(2));
        Assert.Null((await Grain.RecordAsync(_evidence)).RelaunchAdvisedSince);
        Assert.Equal(Now, (await Grain.RecordAsync(drains)).RelaunchAdvisedSince);
    }

    /// <summary>What the provider can do by himself: another key, a self-signed statement in between, a second TD that is up to date. None begins the grace anew.</summary>
    [Theory]
    [InlineData("another key")]
    [InlineData("self-signed")]
    [InlineData("another TD that is up to date")]
    [InlineData("quiet, then self-signed")]
    public async Task Record_RelaunchPutOff_KeepsTheBeginningOfItsGrace(string way)
    {
        DateTimeOffset since = Now;
        AttestedEvidence drains = _evidence with { MustDrain = true };
        AttestedEvidence open = _evidence with { Tier = "open", Assurance = "none", ImageId = null, Measurement = null, PlatformId = null };
        IAttestedSessionGrain again = way == "another key" ? Silos.Client.GetGrain<IAttestedSessionGrain>(Sample.NewWorkerId()) : Grain;
        await Grain.RecordAsync(drains);

        Silos.Clock.Advance(way == "quiet, then self-signed" ? IAttestedPlatformGrain.Quiet * 2 : TimeSpan.FromDays(1));
        if (way != "another key")
        {
            Assert.Null((await Grain.RecordAsync(way.StartsWith("another", StringComparison.Ordinal) ? _evidence : open)).RelaunchAdvisedSince);
        }

        Assert.Equal(since, (await again.RecordAsync(drains)).RelaunchAdvisedSince);
    }

    /// <summary>What a machine's hardware showed, a simulation of the same name takes not back.</summary>
    [Fact]
    public async Task Record_SimulationUpToDate_KeepsWhatHardwareShowed()
    {
        DateTimeOffset since = Now;
        AttestedEvidence drains = _evidence with { MustDrain = true, Assurance = "hardware" };
        await Grain.RecordAsync(drains);
        Silos.Clock.Advance(IAttestedPlatformGrain.Quiet * 2);

        await Grain.RecordAsync(_evidence);

        Assert.Equal(since, (await Grain.RecordAsync(drains)).RelaunchAdvisedSince);
    }

    /// <summary>A machine is revoked, and its worker comes back with the same key and no quote.</summary>
    [Fact]
    public async Task Record_KeyOfARevokedPlatformAsOpen_IsNotAdmittedUntilThatIsRestored()
    {
        AttestedEvidence open = _evidence with { Tier = "open", Assurance = "none", ImageId = null, Measurement = null, PlatformId = null };
        await Grain.RecordAsync(_evidence);
        Assert.Null((await Grain.RecordAsync(open)).Revoked);
        Revocation revocation = await Revocations.RevokeAsync(new Revocation(RevocationKind.Platform, _evidence.PlatformId!, "stolen", default));
        await Silos.Cluster.DeactivateAsync(Grain);

        Assert.Equal(revocation, (await Grain.RecordAsync(open)).Revoked);
        Assert.Equal(revocation, (await Grain.RecordAsync(_evidence with { PlatformId = Sample.NewWorkerId() })).Revoked);

        await Revocations.RestoreAsync(RevocationKind.Platform, _evidence.PlatformId!);
        Assert.Null((await Grain.RecordAsync(open)).Revoked);
    }

    [Theory, MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public async Task Record_BadField_IsNamed(string field, Func<AttestedEvidence, AttestedEvidence> spoil)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Grain.RecordAsync(spoil(_evidence)));

        Assert.StartsWith($"{field} ", error.Message, StringComparison.Ordinal);
        Assert.Null(await Grain.GetAsync());
    }
}
