using CocoonOrleans.Cli.Network;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>Who may read what a network keeps.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void New_NoFolderThere_MakesOneForItsOwnerAlone()
    {
        var data = new DataFolder(Path.Combine(_folder.Path, "new"));

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(data.Path));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(data.Folder("silo")));
    }

    [Fact]
    public void New_SomebodysFolder_KeepsItsRightsAndHidesWhatIsOurs()
    {
        File.SetUnixFileMode(_folder.Path, Everybody);

        var data = new DataFolder(_folder.Path);

        Assert.Equal(Everybody, File.GetUnixFileMode(data.Path));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(data.Logs));
    }

    [Fact]
    public void WritePrivate_FileThatEverybodyCouldRead_IsTheOwnersAfterwards()
    {
        var file = Path.Combine(_folder.Path, "dev-key");
        File.WriteAllText(file, "old");
        File.SetUnixFileMode(file, Everybody);

        DataFolder.WritePrivate(file, "new");

        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }
}
