using System.Runtime.Versioning;
using CocoonOrleans.Inference.Torch;

namespace CocoonOrleans.Tests.Inference.Torch;

[SupportedOSPlatform("linux")]
public sealed class ShimRepairTests
{
    private static readonly byte[] Shim = File.ReadAllBytes(TorchLibrary.FindShim());

    [Fact]
    public void ShippedShim_AsksForTheUnusedVersion_ExactlyOnce()
    {
        var need = Assert.Single(ElfVersionNeed.ReadAll(Shim), need => need.Version == ShimRepair.UnusedVersion);

        Assert.Equal(0, need.Flags);
    }

    [Fact]
    public void Repair_ShippedShim_ChangesOnlyTheFlagsOfThatNeed()
    {
        var repaired = ShimRepair.Repair(Shim);

        var changed = ElfVersionNeed.ReadAll(Shim).Zip(ElfVersionNeed.ReadAll(repaired)).Where(pair => pair.First != pair.Second).ToList();
        var (before, after) = Assert.Single(changed);
        Assert.Equal(ShimRepair.UnusedVersion, before.Version);
        Assert.Equal(before with { Flags = ElfVersionNeed.Weak }, after);
        Assert.Equal(1, Shim.Zip(repaired).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void CopyInto_AlteredCopy_IsWrittenAnew()
    {
        using var cache = new TemporaryFolder();
        var copy = ShimRepair.CopyInto(cache.Path, TorchLibrary.FindShim());
        var altered = File.ReadAllBytes(copy);
        altered[^1] ^= 1;
        File.WriteAllBytes(copy, altered);

        var again = ShimRepair.CopyInto(cache.Path, TorchLibrary.FindShim());

        Assert.Equal(copy, again);
        Assert.Equal(ShimRepair.Repair(Shim), File.ReadAllBytes(again));
    }

    [Fact]
    public void CopyInto_NewFolder_IsForTheOwnerAlone()
    {
        using var cache = new TemporaryFolder();

        var copy = ShimRepair.CopyInto(cache.Path, TorchLibrary.FindShim());

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(copy)!));
        Assert.Equal([copy], Directory.GetFiles(cache.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Repair_LibraryWithoutThatNeed_IsRefused()
    {
        var repaired = Shim.ToArray();
        repaired.AsSpan(repaired.AsSpan().IndexOf("GLIBCXX_3.4.32\0"u8), 3).Fill((byte)'X');

        var error = Assert.Throws<ElfFormatException>(() => ShimRepair.Repair(repaired));

        Assert.Contains("0 times", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(4096)]
    public void ReadAll_TruncatedLibrary_IsRefused(int length)
        => Assert.Throws<ElfFormatException>(() => ElfVersionNeed.ReadAll(Shim.AsSpan(0, length)));

    [Fact]
    public void ReadAll_MutatedHeaders_NeverFailsOtherwise()
    {
        var random = new Random(20250131);
        for (var run = 0; run < 2_000; run++)
        {
            var (mutated, at) = (Shim, random.Next(64));
            var old = mutated[at];
            mutated[at] = (byte)random.Next(256);
            var error = Record.Exception(() => ElfVersionNeed.ReadAll(mutated));
            mutated[at] = old;
            Assert.True(error is null or ElfFormatException, $"run {run}: {error}");
        }
    }
}
