using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace CocoonOrleans.Tests;

/// <summary>A folder of the tests' output with scripts for Node and a lock file, whose packages are installed once, before the first script runs.</summary>
internal sealed class NpmFolder
{
    private const int NeededMajor = 20;

    private readonly string _what;
    private readonly Lazy<Task<string?>> _missing;

    /// <param name="what">What is installed, for whoever reads why a test was skipped.</param>
    /// <param name="path">The folder, from the tests' output folder on.</param>
    public NpmFolder(string what, params string[] path)
    {
        _what = what;
        Path = System.IO.Path.Combine([AppContext.BaseDirectory, .. path]);
        _missing = new Lazy<Task<string?>>(PrepareAsync);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>How long a tool may run.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Makes sure that everything is installed; skips the test, loudly, where it can't be.</summary>
    public async Task RequireAsync()
    {
        var missing = await _missing.Value;
        Skip.If(missing is not null, missing);
    }

    /// <summary>Runs a script with Node and gives what it prints.</summary>
    public async Task<string> RunAsync(string script, params string[] arguments)
    {
        await RequireAsync();
        var (exitCode, output, error) = await ExecuteAsync("node", [script, .. arguments]);
        Assert.True(exitCode == 0, $"{script} failed: {error}");
        return output;
    }

    /// <summary>Runs any tool in the folder, for <see cref="Limit"/> at most.</summary>
    /// <exception cref="Win32Exception">There is no such tool.</exception>
    public async Task<(int ExitCode, string Output, string Error)> ExecuteAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var deadline = new CancellationTokenSource(Limit);
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

    private async Task<string?> PrepareAsync()
    {
        try
        {
            var (_, version, _) = await ExecuteAsync("node", "-p", "process.versions.node");
            if (int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture) < NeededMajor)
            {
                return $"Node.js {NeededMajor} or later is needed, {version.Trim()} is here.";
            }

            // npm writes this one last; where the lock file is newer, other packages are wanted.
            var installed = File.GetLastWriteTimeUtc(System.IO.Path.Combine(Path, "node_modules", ".package-lock.json"));
            if (installed > File.GetLastWriteTimeUtc(System.IO.Path.Combine(Path, "package-lock.json")))
            {
                return null;
            }

            var (exitCode, _, error) = await ExecuteAsync("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            return exitCode == 0 ? null : $"npm ci can't install {_what}: {error}";
        }
        catch (Win32Exception)
        {
            return $"Node.js and npm are needed for {_what}, and are not here.";
        }
    }
}
