using CocoonOrleans.Grains.Registries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;

namespace CocoonOrleans.Tests.Cluster.Attestation;

/// <summary>What a silo keeps of a registry; no silo is needed for that.</summary>
public sealed class RegistryRecordTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly RegistryObservation First = new(new RegistryMark("-1000 0:1", 3, 5, "a"), Now.AddSeconds(-4), [new AllowedImage("1", Now, Now)], ["2"], 0, 0, null);

    [Fact]
    public void After_SameAgain_IsFresherAndNoChange()
    {
        RegistryRecord one = new RegistryRecord().After(First, Now);
        RegistryRecord two = one.After(First with { Time = Now }, Now);

        Assert.Equal((1, 1, Now.AddSeconds(-4), Now), (one.Revision, two.Revision, one.Time, two.Time));
        Assert.Same(one.Content, two.Content);
        Assert.False(two.DiffersFrom(one, TimeSpan.FromMinutes(1)));
        Assert.True(two.DiffersFrom(one, TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void After_ClockOfTheFuture_IsNotBelieved() => Assert.Equal(Now, new RegistryRecord().After(First with { Time = Now.AddYears(9) }, Now).Time);

    [Fact]
    public void After_NewVersion_IsAChange()
    {
        RegistryRecord one = new RegistryRecord().After(First, Now);
        RegistryRecord two = one.After(First with { Mark = First.Mark with { Version = 4, Content = "b" }, Models = [] }, Now);

        Assert.Equal((2, 4u, 0), (two.Revision, two.Content!.Version, two.Content.Models.Count));
        Assert.Equal(4u, two.FloorOf("-1000 0:1")!.Version);
        Assert.True(two.DiffersFrom(one, TimeSpan.FromDays(1)));
    }

    /// <summary>As grain storage keeps it.</summary>
    [Fact]
    public void Record_Stored_IsReadBack()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(static silo => silo.UseLocalhostClustering());
        using IHost host = builder.Build();
        var storage = host.Services.GetRequiredService<OrleansJsonSerializer>();
        RegistryRecord record = new RegistryRecord().After(First, Now);

        var read = Assert.IsType<RegistryRecord>(storage.Deserialize(typeof(RegistryRecord), storage.Serialize(record, typeof(RegistryRecord))));

        Assert.Equal((record.Revision, record.Time, "-1000 0:1", 3u), (read.Revision, read.Time, read.Content!.Registry, read.Content.Version));
        Assert.Equal(record.Content!.Images, read.Content.Images);
        Assert.Equal(record.Content.Models, read.Content.Models);
        Assert.Equal(record.Marks, read.Marks);
    }

    /// <summary>Who names another registry and then the first one again has not forgotten how far that had come.</summary>
    [Fact]
    public void After_AnotherRegistry_KeepsTheFloorOfTheFirst()
    {
        RegistryRecord two = new RegistryRecord().After(First, Now).After(First with { Mark = new RegistryMark("-1000 0:2", 1, 1, "a") }, Now);

        Assert.Equal((3u, 1u, 2L), (two.FloorOf("-1000 0:1")!.Version, two.FloorOf("-1000 0:2")!.Version, two.Revision));
        Assert.Equal("-1000 0:2", two.Content!.Registry);
    }
}
