using CocoonOrleans.Grains.Attestation;

namespace CocoonOrleans.Tests.Cluster.Attestation;

/// <summary>The one list of what is revoked. Other tests of these silos may add to it.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class RevocationGrainTests(TwoSilos silos) : ClusterTest(silos)
{
    private readonly Revocation _revocation = new(RevocationKind.Platform, Sample.NewWorkerId(), "stolen", default);

    /// <summary>What may be wrong with one, and the field that is named.</summary>
    public static TheoryData<string, Func<Revocation, Revocation>> Bad => new()
    {
        { "Kind", revocation => revocation with { Kind = (RevocationKind)9 } },
        { "Value", revocation => revocation with { Value = "00" } },
        { "Value", revocation => revocation with { Value = new string('A', 64) } },
        { "Value", revocation => revocation with { Kind = RevocationKind.Measurement } },
        { "Reason", revocation => revocation with { Reason = "" } },
        { "Reason", revocation => revocation with { Reason = new string('x', 201) } },
        { "Reason", revocation => revocation with { Reason = "a\nb" } },
    };

    private IRevocationGrain Grain => Silos.Client.GetGrain<IRevocationGrain>(0);

    [Fact]
    public async Task Revoke_Again_IsTheSameAndChangesNothing()
    {
        Revocation first = await Grain.RevokeAsync(_revocation);
        long version = (await Grain.GetAsync(-1))!.Version;

        Revocation again = await Grain.RevokeAsync(_revocation with { Reason = "another reason" });

        Assert.Equal((_revocation with { Since = Now }, first), (first, again));
        Assert.Null(await Grain.GetAsync(version));
    }

    [Fact]
    public async Task Revoke_AfterTheActivationWasLost_IsStillInForce()
    {
        await Grain.RevokeAsync(_revocation);
        long version = (await Grain.GetAsync(-1))!.Version;

        await Silos.Cluster.DeactivateAsync(Grain);

        RevocationList list = (await Grain.GetAsync(-1))!;
        Assert.Equal(version, list.Version);
        Assert.Contains(list.Revocations, revocation => revocation.Value == _revocation.Value);
    }

    [Fact]
    public async Task Restore_TwiceAndStored_TakesItBack()
    {
        await Grain.RevokeAsync(_revocation);
        long version = (await Grain.GetAsync(-1))!.Version;

        Assert.True(await Grain.RestoreAsync(_revocation.Kind, _revocation.Value));
        Assert.False(await Grain.RestoreAsync(_revocation.Kind, _revocation.Value));
        await Silos.Cluster.DeactivateAsync(Grain);

        RevocationList list = (await Grain.GetAsync(version))!;
        Assert.True(list.Version > version);
        Assert.DoesNotContain(list.Revocations, revocation => revocation.Value == _revocation.Value);
    }

    [Theory, MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public async Task Revoke_BadField_IsNamed(string field, Func<Revocation, Revocation> spoil)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => Grain.RevokeAsync(spoil(_revocation)));

        Assert.StartsWith(field, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_EachKind_NamesWhatItSays()
    {
        string image = Sample.NewWorkerId();
        string measurement = new('c', 96);
        string worker = Sample.NewWorkerId();
        await Grain.RevokeAsync(_revocation);
        await Grain.RevokeAsync(new Revocation(RevocationKind.Image, image, "bad", default));
        await Grain.RevokeAsync(new Revocation(RevocationKind.Measurement, measurement, "bad", default));
        await Grain.RevokeAsync(new Revocation(RevocationKind.Worker, worker, "bad", default));
        string other = Sample.NewWorkerId();

        Assert.Equal(RevocationKind.Platform, (await Grain.FindAsync(other, _revocation.Value, null, null))?.Kind);
        Assert.Equal(RevocationKind.Image, (await Grain.FindAsync(other, null, image, null))?.Kind);
        Assert.Equal(RevocationKind.Measurement, (await Grain.FindAsync(other, null, null, measurement))?.Kind);
        Assert.Equal(RevocationKind.Worker, (await Grain.FindAsync(worker, null, null, null))?.Kind);

        // A value counts for its own kind alone.
        Assert.Null(await Grain.FindAsync(image, worker, _revocation.Value, null));
        await Grain.RestoreAsync(RevocationKind.Measurement, measurement);
    }
}
