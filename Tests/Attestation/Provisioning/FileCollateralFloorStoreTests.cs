using System.Numerics;
using CocoonOrleans.Attestation.Provisioning;

namespace CocoonOrleans.Tests.Attestation.Provisioning;

/// <summary>Numbers that never fall again, in a file.</summary>
public sealed class FileCollateralFloorStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public FileCollateralFloorStoreTests() => _path = _folder.File("floors.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Raise_LowerNumber_IsRefusedAndTheOthersAreNotRaised()
    {
        using var store = new FileCollateralFloorStore(_path);
        Assert.Null(await store.RaiseAsync([new("a", 5), new("b", 5)]));

        Assert.Equal(new CollateralFloor("b", 5), await store.RaiseAsync([new("a", 9), new("b", 4)]));
        Assert.Null(await store.RaiseAsync([new("a", 5), new("b", 5)]));
        Assert.Null(await store.RaiseAsync([new("a", 6)]));
        Assert.Equal(new CollateralFloor("a", 6), await store.RaiseAsync([new("a", 5)]));
    }

    [Fact]
    public async Task Raise_OpenedAgain_IsStillThere()
    {
        var large = BigInteger.Pow(2, 160) - 1;
        using (var store = new FileCollateralFloorStore(_path))
        {
            await store.RaiseAsync([new("a", large), new("zero", 0)]);
        }

        // What a crash within a change leaves behind is in nobody's way.
        await File.WriteAllTextAsync(_path + ".new", "{\"a\":");
        using var again = new FileCollateralFloorStore(_path);

        Assert.Equal(new CollateralFloor("a", large), await again.RaiseAsync([new("a", large - 1)]));
        Assert.Null(await again.RaiseAsync([new("a", large + 1), new("zero", 0)]));
    }

    [Fact]
    public async Task Raise_ManyAtOnce_TheHighestStays()
    {
        using (var store = new FileCollateralFloorStore(_path))
        {
            await Task.WhenAll(Enumerable.Range(1, 100).Select(number => store.RaiseAsync([new("a", number)]).AsTask()));
        }

        using var again = new FileCollateralFloorStore(_path);
        Assert.Equal(new CollateralFloor("a", 100), await again.RaiseAsync([new("a", 99)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":5}")]
    [InlineData("{\"a\":\"-5\"}")]
    [InlineData("{\"a\":\"5\",\"a\":\"4\"}")]
    [InlineData("{\"a b\":\"5\"}")]
    public void Open_FileThatHoldsSomethingElse_IsAnErrorAndNoBeginning(string content)
    {
        File.WriteAllText(_path, content);

        Assert.Contains(_path, Assert.Throws<InvalidDataException>(() => new FileCollateralFloorStore(_path)).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_path));
    }

    [Fact]
    public void Open_AnotherHasIt_Fails()
    {
        using var first = new FileCollateralFloorStore(_path);

        Assert.Throws<IOException>(() => new FileCollateralFloorStore(_path));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a b", 1)]
    [InlineData("a", -1)]
    public async Task Raise_NoFloor_IsAMistake(string name, int number)
    {
        using var store = new FileCollateralFloorStore(_path);

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.RaiseAsync([new(name, number)]));
    }
}
