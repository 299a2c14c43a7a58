using System.Diagnostics;
using System.Text.Json;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>Runs the command line as a process, as a person at a terminal does.</summary>
internal static class Cocoon
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    public static Process Start(params string[] arguments)
    {
        var artifacts = BuiltArtifacts.Find();
        return Process.Start(new ProcessStartInfo(
            DotnetHost.Path, [Path.Combine(artifacts.Root, "artifacts", "bin", "Cli", artifacts.Configuration, "cocoon.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The one JSON object of <c>--json</c>: stdout must hold nothing else.</summary>
    public static JsonElement Json(string output)
    {
        var line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }
}
