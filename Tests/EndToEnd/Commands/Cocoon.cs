using System.Diagnostics;
using System.Text.Json;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Tests.EndToEnd.Commands;

/// <summary>Runs the command line as a process, as a person at a terminal does.</summary>
internal static class Cocoon
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    public static Process Start(params string[] arguments) => Start(variable: null, arguments);

    /// <summary>Runs with one variable of the environment put in the place of the usual one.</summary>
    public static Process Start((string Name, string Value)? variable, params string[] arguments)
    {
        var artifacts = BuiltArtifacts.Find();
        var start = new ProcessStartInfo(
            DotnetHost.Path, [Path.Combine(artifacts.Root, "artifacts", "bin", "Cli", artifacts.Configuration, "cocoon.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (variable is { } changed)
        {
            start.Environment[changed.Name] = changed.Value;
        }

        return Process.Start(start)!;
    }

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(variable: null, arguments);

    /// <param name="environment">What DOTNET_ENVIRONMENT says; null for what it says here.</param>
    /// <param name="arguments">The command line.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunInAsync(string? environment, params string[] arguments) =>
        RunAsync(environment is null ? null : ("DOTNET_ENVIRONMENT", environment), arguments);

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync((string Name, string Value)? variable, params string[] arguments)
    {
        using var process = Start(variable, arguments);
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
