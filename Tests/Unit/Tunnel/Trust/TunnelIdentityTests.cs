using System.Runtime.Versioning;
using CocoonOrleans.Tunnel.Trust;

namespace CocoonOrleans.Tests.Unit.Tunnel.Trust;

public sealed class TunnelIdentityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("identity-");

    private string KeyFile => Path.Combine(_folder.FullName, TunnelIdentity.FileName);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void LoadOrCreate_SecondTime_GivesTheSameId()
    {
        using TunnelIdentity first = TunnelIdentity.LoadOrCreate(_folder.FullName, TimeProvider.System);
        using TunnelIdentity second = TunnelIdentity.LoadOrCreate(_folder.FullName, TimeProvider.System);
        Assert.Equal(first.Id, second.Id);
        Assert.True(TunnelPublicKey.IsId(first.Id));
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void LoadOrCreate_NewKey_IsReadableByItsOwnerOnly()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        TunnelIdentity.LoadOrCreate(_folder.FullName, TimeProvider.System).Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Equal([KeyFile], Directory.GetFiles(_folder.FullName));
    }

    [SkippableFact]
    [UnsupportedOSPlatform("windows")]
    public void LoadOrCreate_KeyOpenToOthers_IsRefusedNamingTheRemedy()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        TunnelIdentity.LoadOrCreate(_folder.FullName, TimeProvider.System).Dispose();
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var e = Assert.Throws<IOException>(() => TunnelIdentity.LoadOrCreate(_folder.FullName, TimeProvider.System));
        Assert.Contains("chmod 600", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void LoadOrCreate_NoKeyInTheFile_IsRefusedAndKept(string content)
    {
        TunnelIdentity.LoadOrCreate(_folder.FullName, TimeProvider.System).Dispose();
        File.WriteAllText(KeyFile, content);
        Assert.Throws<IOException>(() => TunnelIdentity.LoadOrCreate(_folder.FullName, TimeProvider.System));
        Assert.Equal(content, File.ReadAllText(KeyFile));
    }

    [Fact]
    public async Task LoadOrCreate_ManyAtOnce_AgreeOnOneKey()
    {
        for (int round = 0; round < 20; round++)
        {
            string folder = Path.Combine(_folder.FullName, $"{round}");
            using Barrier together = new(8);
            string[] ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    using TunnelIdentity identity = TunnelIdentity.LoadOrCreate(folder, TimeProvider.System);
                    return identity.Id;
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

            Assert.Single(ids.Distinct());
            Assert.Equal([Path.Combine(folder, TunnelIdentity.FileName)], Directory.GetFiles(folder));
        }
    }
}
