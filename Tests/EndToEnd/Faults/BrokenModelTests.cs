using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Tests.EndToEnd.Commands;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Faults;

/// <summary>A model folder that is not whole: whoever is asked to serve it says which file, and ends.</summary>
public sealed class BrokenModelTests : IDisposable
{
    private readonly TemporaryFolder _model = new();
    private readonly TemporaryFolder _data = new();

    public BrokenModelTests()
    {
        foreach (var file in Directory.GetFiles(HouseModelFolder.Path(BuiltArtifacts.Find()), "*.*"))
        {
            File.Copy(file, Path.Combine(_model.Path, Path.GetFileName(file)));
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _data.Dispose();
    }

    [Theory]
    [InlineData("config.json", false)]
    [InlineData("config.json", true)]
    [InlineData("tokenizer.json", false)]
    [InlineData("tokenizer.json", true)]
    [InlineData("model-00002-of-00002.safetensors", false)]
    [InlineData("model-00002-of-00002.safetensors", true)]
    public async Task Up_FileIsMissingOrTruncated_SaysWhichAndFails(string file, bool truncated)
    {
        Break(file, truncated);

        var (exitCode, output, _) = await Cocoon.RunAsync("up", "--data", _data.Path, "--port", $"{FreePorts.Take(1)[0]}", "--workers", "1", "--model", _model.Path, "--json");

        Assert.Equal(1, exitCode);
        Assert.Contains(file, Cocoon.Json(output).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json", false)]
    [InlineData("tokenizer.json", true)]
    [InlineData("model-00002-of-00002.safetensors", false)]
    [InlineData("model-00002-of-00002.safetensors", true)]
    public async Task Worker_FileIsMissingOrTruncated_SaysWhichAndFails(string file, bool truncated)
    {
        Break(file, truncated);
        await using var worker = ChildProcess.Start(new ChildProcessSpec("worker", BuiltArtifacts.Find().Assembly("WorkerHost"), Settings(), Path.Combine(_data.Path, "worker.log")));

        var failure = await Assert.ThrowsAsync<CommandFailedException>(
            () => worker.WaitUntilReadyAsync(TimeSpan.FromSeconds(60), TimeProvider.System, CancellationToken.None));

        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, await worker.Exited);
    }

    [Fact]
    public async Task Worker_ScriptedInProduction_SaysThatItDoesNot()
    {
        string[] settings = [.. Settings(), "--environment=Production", "--Worker:Engine=Scripted", "--Worker:Scripted:Rules:0:Answer=hi"];
        await using var worker = ChildProcess.Start(new ChildProcessSpec("worker", BuiltArtifacts.Find().Assembly("WorkerHost"), settings, Path.Combine(_data.Path, "worker.log")));

        var failure = await Assert.ThrowsAsync<CommandFailedException>(
            () => worker.WaitUntilReadyAsync(TimeSpan.FromSeconds(60), TimeProvider.System, CancellationToken.None));

        Assert.Contains("Worker:Engine must be native", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, await worker.Exited);
    }

    private void Break(string file, bool truncated)
    {
        var path = Path.Combine(_model.Path, file);
        Assert.True(File.Exists(path), $"The house model has no {file}.");
        if (truncated)
        {
            using var stream = new FileStream(path, FileMode.Open);
            stream.SetLength(stream.Length / 2);
        }
        else
        {
            File.Delete(path);
        }
    }

    private string[] Settings() =>
    [
        "--environment=Development",
        "--Worker:Name=worker",
        "--Worker:ProviderId=provider-1",
        $"--Worker:DataFolder={Path.Combine(_data.Path, "worker")}",
        "--Worker:Gateways:0:Address=127.0.0.1:1",
        $"--Worker:Gateways:0:Key={new string('a', 64)}",
        "--Worker:Models:0:Name=house",
        $"--Worker:Models:0:Folder={_model.Path}",
    ];
}
