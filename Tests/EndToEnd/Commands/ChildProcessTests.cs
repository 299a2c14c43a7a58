using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>Starting a process that never becomes ready: the command line itself, which prints and ends.</summary>
public sealed class ChildProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WaitUntilReady_ProcessEnds_FailsWithItsLastLines()
    {
        await using var process = ChildProcess.Start(Cocoon("model", "hash", "/no-such-folder"));

        var failure = await Assert.ThrowsAsync<CommandFailedException>(
            () => process.WaitUntilReadyAsync(TimeSpan.FromSeconds(60), TimeProvider.System, CancellationToken.None));

        Assert.Contains("exit code 1 before it was ready", failure.Message, StringComparison.Ordinal);
        Assert.Contains(failure.Details, line => line.Contains("/no-such-folder", StringComparison.Ordinal));
        Assert.Contains("/no-such-folder", await File.ReadAllTextAsync(process.Spec.LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_AssemblyIsNotBuilt_SaysHowToBuildIt()
    {
        var failure = Assert.Throws<CommandFailedException>(
            () => ChildProcess.Start(new ChildProcessSpec("silo", "/no/such.dll", [], Path.Combine(_folder.Path, "silo.log"))));

        Assert.Contains("./cocoon", failure.Fix, StringComparison.Ordinal);
    }

    private ChildProcessSpec Cocoon(params string[] arguments) => new(
        "cocoon", Path.Combine(BuiltArtifacts.Find().Root, "artifacts", "bin", "Cli", BuiltArtifacts.Find().Configuration, "cocoon.dll"), arguments,
        Path.Combine(_folder.Path, "cocoon.log"));
}
