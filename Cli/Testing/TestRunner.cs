using System.Diagnostics;
using System.Xml.Linq;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Testing;

/// <summary>Runs one test project after the other: they load a machine fully, and two at a time would only blur what hangs.</summary>
/// <param name="artifacts">The checkout.</param>
public sealed class TestRunner(BuiltArtifacts artifacts)
{
    private const string HangTimeout = "3min";

    /// <summary>Runs the tests of a project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="filter">A part of a test's full name, or a filter expression of <c>dotnet test</c>; null for all.</param>
    /// <param name="cancellationToken">Ends the run; the test process is killed.</param>
    /// <returns>Its results; a project that is not built, or ended without a report, is one failure.</returns>
    public async Task<TestResults> RunAsync(TestProject project, string? filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (!File.Exists(project.Assembly))
        {
            return Broken(project, $"{project.Assembly} is not built. Run ./cocoon test, which builds it.");
        }

        var folder = Path.Combine(artifacts.Root, "artifacts", "test-results", project.Name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var output = await RunDotnetTestAsync(project, filter, folder, cancellationToken);
        var report = Path.Combine(folder, "results.trx");
        return File.Exists(report)
            ? TestResults.Parse(XDocument.Load(report))
            : output.NoTests ? new TestResults(default, [], []) : Broken(project, $"No report. The end of its output:\n{output.End}");
    }

    private static TestResults Broken(TestProject project, string message) =>
        new(new TestCounts(0, 1, 0), [new TestFailure(project.Name, message, "")], []);

    private static string Expression(string filter) => filter.AsSpan().ContainsAny("=~!") ? filter : $"FullyQualifiedName~{filter}";

    private async Task<(string End, bool NoTests)> RunDotnetTestAsync(
        TestProject project, string? filter, string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(DotnetHost.Path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = artifacts.Root,
        };
        string[] arguments =
        [
            "test", project.Assembly, "--results-directory", folder, "--logger", "trx;LogFileName=results.trx",
            "--blame-hang", "--blame-hang-timeout", HangTimeout, "--blame-hang-dump-type", "none",
            .. filter is null ? (string[])[] : ["--filter", Expression(filter)],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("No process was started.");
        process.StandardInput.Close();
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken) + await error;
            await process.WaitForExitAsync(cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "output.txt"), output, cancellationToken);
            return (output.Length > 4000 ? output[^4000..] : output, output.Contains("No test matches", StringComparison.Ordinal));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
