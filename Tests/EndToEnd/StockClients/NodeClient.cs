using System.Diagnostics;
using System.Text.Json;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>The stock JavaScript clients, installed once from its lock file into the test's output folder.</summary>
internal static class NodeClient
{
    private const int NeededMajor = 20;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "StockClients");
    private static readonly Lazy<Task<string?>> Missing = new(PrepareAsync);

    /// <summary>Runs a script with Node and reads the JSON object that it prints; skips the test, loudly, where that can't be.</summary>
    public static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        var missing = await Missing.Value;
        Skip.If(missing is not null, missing);
        var (exitCode, output, error) = await ExecuteAsync("node", [script, .. arguments]);
        Assert.True(exitCode == 0, $"{script} failed: {error}");
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    private static async Task<string?> PrepareAsync()
    {
        try
        {
            var (_, version, _) = await ExecuteAsync("node", ["--version"]);
            if (int.Parse(version.TrimStart('v').Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) < NeededMajor)
            {
                return $"Node.js {NeededMajor} or later is needed, {version.Trim()} is here.";
            }

            if (Directory.Exists(Path.Combine(Folder, "node_modules", "ai")))
            {
                return null;
            }

            var (exitCode, _, error) = await ExecuteAsync("npm", ["ci", "--no-audit", "--no-fund"]);
            return exitCode == 0 ? null : $"npm ci can't install OpenAI's client: {error}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node.js and npm are needed for OpenAI's JavaScript client, and are not here.";
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> ExecuteAsync(string tool, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
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
}
