using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

public sealed class ExportGgufTests : IDisposable
{
    private static readonly string House = Path.Combine(CocoonOrleans.Cli.Processes.BuiltArtifacts.Find().Root, "models", "house");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Export_HouseModel_IsAModelByItself()
    {
        var file = Path.Combine(_folder.Path, "house.gguf");

        var (exitCode, output, errors) = await Cocoon.RunAsync(["model", "export-gguf", "--json", "--type", "Q8_0", House, file]);
        var (_, hashes, _) = await Cocoon.RunAsync(["model", "hash", "--json", _folder.Path]);

        Assert.True(exitCode == 0, errors);
        Assert.Equal(new FileInfo(file).Length, Cocoon.Json(output).GetProperty("bytes").GetInt64());
        Assert.Equal("Q8_0", Cocoon.Json(output).GetProperty("type").GetString());
        Assert.Contains("compare ids", Cocoon.Json(output).GetProperty("unsaid").GetString(), StringComparison.Ordinal);
        Assert.Equal(1024, Cocoon.Json(hashes).GetProperty("contextTokens").GetInt32());
    }

    [Fact]
    public async Task Export_FileThatExists_IsLeftAlone()
    {
        var file = Path.Combine(_folder.Path, "house.gguf");
        await File.WriteAllTextAsync(file, "mine");

        var (exitCode, output, _) = await Cocoon.RunAsync(["model", "export-gguf", "--json", House, file]);

        Assert.Equal(1, exitCode);
        Assert.Contains(file, Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Export_NoModel_LeavesNoFile()
    {
        var file = Path.Combine(_folder.Path, "none.gguf");

        var (exitCode, output, _) = await Cocoon.RunAsync(["model", "export-gguf", "--json", _folder.Path, file]);

        Assert.Equal(1, exitCode);
        Assert.Contains("config.json", Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(File.Exists(file));
    }
}
