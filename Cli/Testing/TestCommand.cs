using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;
using Spectre.Console;

namespace CocoonOrleans.Cli.Testing;

/// <summary><c>cocoon test</c>: runs every test project and ends with one line of counts.</summary>
internal static class TestCommand
{
    /// <summary>From here on a test is named with its time: it is what makes the run long.</summary>
    private const double SlowSeconds = 8;

    private const int MostSlowShown = 12;

    public static Command Create()
    {
        var filter = new Argument<string?>("filter")
        {
            Description = "A part of a test's full name (Ledger), or an expression of dotnet test (FullyQualifiedName!~Slow).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var isLong = new Option<bool>("--long") { Description = "Only the tests that have a long form, in that form: many more rounds and requests. An hour or two." };
        var again = new Option<bool>("--again") { Description = "Run what failed once more, alone; what passes then counts as passed and is named as unsteady." };
        var command = new Command("test", "Run every test; the last line says how many passed, failed and were skipped.") { filter, isLong, again };
        return command.Runs((result, output, cancellationToken) =>
            RunAsync(new TestSelection(result.GetValue(filter), result.GetValue(isLong)), result.GetValue(again), output, cancellationToken));
    }

    private static async Task<int> RunAsync(TestSelection selection, bool again, CommandOutput output, CancellationToken cancellationToken)
    {
        var artifacts = BuiltArtifacts.Find();
        var runner = new TestRunner(artifacts);
        var total = TestResults.None;
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
                ? await output.Console.Status().StartAsync(doing, _ => runner.RunAsync(project, selection, cancellationToken))
                : await runner.RunAsync(project, selection, cancellationToken);
            if (again && !selection.IsLong)
            {
                results = await runner.RunFailedAgainAsync(project, results, cancellationToken);
            }

            Show(output, project, results, watch.Elapsed);
            total += results;
        }

        if (total.Counts.Total == 0)
        {
            output.Text.WriteLine(selection.Expression is { } expression ? $"No test matches {expression}." : "There are no tests.");
        }

        var ok = total.Counts is { Failed: 0, Total: > 0 };
        output.Result(
            new TestReport(total.Counts.Passed, total.Counts.Failed, total.Counts.Skipped, total.Failures, total.Skips, total.Unsteady, selection.IsLong ? total.Ran : null),
            CommandJson.Default.TestReport);
        output.Text.WriteLine(total.Counts.ToString());
        return ok ? ExitCode.Success : ExitCode.Failed;
    }

    private static void Show(CommandOutput output, TestProject project, TestResults results, TimeSpan elapsed)
    {
        output.Text.WriteLine($"{project.Name,-20} {results.Counts} ({elapsed.TotalSeconds:0.0} s)");
        var slow = results.Ran.Where(test => test.Seconds >= SlowSeconds).OrderByDescending(test => test.Seconds).Take(MostSlowShown).ToArray();
        if (slow.Length > 0)
        {
            output.Text.WriteLine($"  slowest: {string.Join(", ", slow.Select(test => string.Create(CultureInfo.InvariantCulture, $"{ShortName(test.Test)} {test.Seconds:0} s")))}");
        }

        foreach (var skips in results.Skips.GroupBy(skip => skip.Reason))
        {
            output.Text.WriteLine($"  skipped {skips.Count()}: {skips.Key}");
        }

        foreach (var failure in results.Unsteady)
        {
            output.Console.MarkupLineInterpolated($"  [yellow]unsteady[/] {failure.Test}: failed, and passed when it ran again");
            Show(output, failure);
        }

        foreach (var failure in results.Failures)
        {
            output.Console.MarkupLineInterpolated($"  [red]failed[/] {failure.Test}");
            Show(output, failure);
        }
    }

    private static string ShortName(string test)
    {
        var name = test.Split('(')[0].Split('.');
        return name.Length > 1 ? $"{name[^2]}.{name[^1]}" : test;
    }

    private static void Show(CommandOutput output, TestFailure failure)
    {
        foreach (var line in $"{failure.Message}\n{failure.StackTrace}".TrimEnd().Split('\n'))
        {
            output.Text.WriteLine($"    {line.TrimEnd()}");
        }
    }
}
