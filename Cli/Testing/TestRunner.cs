using System.Diagnostics;
using System.Xml.Linq;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Testing;

/// <summary>Runs one test project after the other: they load a machine fully, and two at a time would only blur what hangs.</summary>
/// <param name="artifacts">The checkout.</param>
public sealed class TestRunner(BuiltArtifacts artifacts)
{
    private const int MostRunAgain = 8;

    /// <summary>Runs the tests of a project.</summary>
    /// <param name="project">The project.</param>
    /// <param name="selection">Which of them.</param>
    /// <param name="cancellationToken">Ends the run; the test process is killed.</param>
    /// <returns>Its results; a project that is not built, or ended without a report, is one failure.</returns>
    public async Task<TestResults> RunAsync(TestProject project, TestSelection selection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(selection);
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
        var output = await RunDotnetTestAsync(project, selection, folder, cancellationToken);
        var report = Path.Combine(folder, "results.trx");
        return File.Exists(report)
            ? TestResults.Parse(XDocument.Load(report))
            : output.NoTests ? TestResults.None : Broken(project, $"No report. The end of its output:\n{output.End}");
    }

    /// <summary>
    /// Runs what failed once more. A machine that others load too makes a test fail now and then that waits for processes; what fails twice, or together with many others, is broken.
    /// </summary>
    /// <param name="project">The project.</param>
    /// <param name="first">How its tests ended.</param>
    /// <param name="cancellationToken">Ends the run; the test process is killed.</param>
    public async Task<TestResults> RunFailedAgainAsync(TestProject project, TestResults first, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (first.Failures.Count is 0 or > MostRunAgain)
        {
            return first;
        }

        // Of a theory all cases: what stands in the parentheses has no form that a filter takes.
        var names = first.Failures.Select(failure => $"FullyQualifiedName={failure.Test.Split('(')[0]}").Distinct();
        return first.After(await RunAsync(project, new TestSelection(string.Join('|', names), IsLong: false), cancellationToken));
    }

    private static TestResults Broken(TestProject project, string message) =>
        new(new TestCounts(0, 1, 0), [new TestFailure(project.Name, message, "")], []);

    private async Task<(string End, bool NoTests)> RunDotnetTestAsync(
        TestProject project, TestSelection selection, string folder, CancellationToken cancellationToken)
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
            "--blame-hang", "--blame-hang-timeout", selection.HangTimeout, "--blame-hang-dump-type", "none",
            .. selection.Expression is { } expression ? (string[])["--filter", expression] : [],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (selection.IsLong)
        {
            start.Environment["COCOON_LONG"] = "1";
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
