using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Registries;
using CocoonOrleans.Ton.Addresses;

namespace CocoonOrleans.Tests.Unit.Client.Registries;

public sealed class RegistryFloorsTests : IDisposable
{
    private static readonly TonAddress Registry = TonAddress.ParseRaw($"0:{new string('a', 64)}");
    private static readonly TonAddress Another = TonAddress.ParseRaw($"0:{new string('b', 64)}");

    private readonly string _folder = Directory.CreateTempSubdirectory("cocoon-floors-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "floors.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Raise_OlderVersion_IsRefusedAndTheFloorStays()
    {
        using var store = new FileCollateralFloorStore(Path);
        var floors = new RegistryFloors(store);
        await floors.RaiseAsync("local", Registry, 7);

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => floors.RaiseAsync("local", Registry, 6));

        Assert.Equal(SealingRefusalCodes.RegistryRollback, refused.Code);
        Assert.Contains("Version 7", refused.Message, StringComparison.Ordinal);
        await floors.RaiseAsync("local", Registry, 7);
        Assert.Equal(7u, await floors.FindAsync("local", Registry));
    }

    [Fact]
    public async Task Raise_AfterARestart_IsStillRefused()
    {
        using (var store = new FileCollateralFloorStore(Path))
        {
            await new RegistryFloors(store).RaiseAsync("local", Registry, uint.MaxValue);
        }

        using var again = new FileCollateralFloorStore(Path);
        var floors = new RegistryFloors(again);

        Assert.Equal(uint.MaxValue, await floors.FindAsync("local", Registry));
        await Assert.ThrowsAsync<SealingRefusedException>(() => floors.RaiseAsync("local", Registry, uint.MaxValue - 1));
    }

    [Fact]
    public async Task Raise_AnotherRegistryOrNetwork_HasAFloorOfItsOwn()
    {
        using var store = new FileCollateralFloorStore(Path);
        var floors = new RegistryFloors(store);
        await floors.RaiseAsync("local", Registry, 7);

        await floors.RaiseAsync("local", Another, 1);
        await floors.RaiseAsync("test", Registry, 0);

        Assert.Equal((7u, 1u, 0u, (uint?)null), (await floors.FindAsync("local", Registry), await floors.FindAsync("local", Another), await floors.FindAsync("test", Registry), await floors.FindAsync("test", Another)));
    }

    [Fact]
    public async Task Raise_CollateralInTheSameFile_StandsBesideIt()
    {
        using var store = new FileCollateralFloorStore(Path);
        await store.RaiseAsync([new CollateralFloor("tcb/abc", 17)]);

        await new RegistryFloors(store).RaiseAsync("local", Registry, 3);

        Assert.Equal(17, (await store.FindAboveAsync([new CollateralFloor("tcb/abc", 16)]))?.Number);
    }

    [Fact]
    public async Task Raise_FileCantBeWritten_IsNotBelieved()
    {
        using var store = new FileCollateralFloorStore(Path);
        var floors = new RegistryFloors(store);
        Directory.CreateDirectory(Path + ".new"); // where the next file would be written

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => floors.RaiseAsync("local", Registry, 7));

        Assert.Equal(SealingRefusalCodes.FloorsNotKept, refused.Code);
        Assert.Contains("Make room", refused.Message, StringComparison.Ordinal);
        Assert.Null(await floors.FindAsync("local", Registry));
    }

    [Fact]
    public void Open_FileIsDamaged_SaysWhatToDo()
    {
        File.WriteAllText(Path, "{\"registry/local\":");

        var damaged = Assert.Throws<InvalidDataException>(() => new FileCollateralFloorStore(Path));

        Assert.Contains("restore it from a copy", damaged.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData(" "), InlineData("a b"), InlineData("65")]
    public async Task Raise_NoNetwork_IsAMistake(string network)
    {
        using var store = new FileCollateralFloorStore(Path);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => new RegistryFloors(store).RaiseAsync(network == "65" ? new string('n', 65) : network, Registry, 1));
    }
}
