using System.CommandLine;
using System.Diagnostics;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Testing;

/// <summary><c>cocoon test</c>: runs every test project and ends with one line of counts.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var filter = new Argument<string?>("filter")
        {
            Description = "A part of a test's full name (Ledger), or an expression of dotnet test (FullyQualifiedName!~Slow).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("test", "Run every test; the last line says how many passed, failed and were skipped.") { filter };
        return command.Runs((result, output, cancellationToken) => RunAsync(result.GetValue(filter), output, cancellationToken));
    }

    private static async Task<int> RunAsync(string? filter, CommandOutput output, CancellationToken cancellationToken)
    {
        var artifacts = BuiltArtifacts.Find();
        var runner = new TestRunner(artifacts);
        var total = new TestResults(default, [], []);
        var projects = TestProject.FindAll(artifacts);
        for (var number = 1; number <= projects.Count; number++)
        {
            var project = projects[number - 1];
            var watch = Stopwatch.StartNew();
            var doing = $"{project.Name}, {number} of {projects.Count}: running";
            if (!output.IsLive)
            {
                output.Text.WriteLine(doing);
                output.Text.Flush();
            }

            var results = output.IsLive
                ? await output.Console.Status().StartAsync(doing, _ => runner.RunAsync(project, filter, cancellationToken))
                : await runner.RunAsync(project, filter, cancellationToken);
            Show(output, project, results, watch.Elapsed);
            total = new TestResults(total.Counts + results.Counts, [.. total.Failures, .. results.Failures], [.. total.Skips, .. results.Skips]);
        }

        if (total.Counts.Total == 0)
        {
            output.Text.WriteLine(filter is null ? "There are no tests." : $"No test matches {filter}.");
        }

        var ok = total.Counts is { Failed: 0, Total: > 0 };
        output.Result(
            new TestReport(total.Counts.Passed, total.Counts.Failed, total.Counts.Skipped, total.Failures, total.Skips),
            CommandJson.Default.TestReport);
        output.Text.WriteLine(total.Counts.ToString());
        return ok ? ExitCode.Success : ExitCode.Failed;
    }

    private static void Show(CommandOutput output, TestProject project, TestResults results, TimeSpan elapsed)
    {
        output.Text.WriteLine($"{project.Name,-20} {results.Counts} ({elapsed.TotalSeconds:0.0} s)");
        foreach (var skips in results.Skips.GroupBy(skip => skip.Reason))
        {
            output.Text.WriteLine($"  skipped {skips.Count()}: {skips.Key}");
        }

        foreach (var failure in results.Failures)
        {
            output.Console.MarkupLineInterpolated($"  [red]failed[/] {failure.Test}");
            foreach (var line in $"{failure.Message}\n{failure.StackTrace}".TrimEnd().Split('\n'))
            {
                output.Text.WriteLine($"    {line.TrimEnd()}");
            }
        }
    }
}
