using System.Diagnostics;
using System.Text.Json;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

/// <summary>
/// Other engines of the same language: Hugging Face's in JavaScript, installed once from its lock file into the test's output folder, and Jinja itself where
/// Python has it. Both skip the test, loudly, where they can't be had.
/// </summary>
internal static class TemplateOracle
{
    private const int NeededNodeMajor = 20;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Tokenization", "Templates", "Oracles");
    private static readonly Lazy<Task<string?>> MissingNode = new(PrepareNodeAsync);
    private static readonly Lazy<Task<string?>> MissingPython = new(PreparePythonAsync);

    /// <summary>Folder with the real templates that an npm package carries as data.</summary>
    public static async Task<string> RealTemplatesAsync()
    {
        var missing = await MissingNode.Value;
        Skip.If(missing is not null, missing);
        return Path.Combine(Folder, "node_modules", "real");
    }

    public static async Task<Dictionary<string, TemplateRow[]>> JavaScriptAsync(string templates, params string[] chats)
    {
        var missing = await MissingNode.Value;
        Skip.If(missing is not null, missing);
        return await RenderAsync("node", "render.mjs", templates, chats);
    }

    public static async Task<Dictionary<string, TemplateRow[]>> PythonAsync(string templates, params string[] chats)
    {
        var missing = await MissingPython.Value;
        Skip.If(missing is not null, missing);
        return await RenderAsync("python3", "render.py", templates, chats);
    }

    private static async Task<Dictionary<string, TemplateRow[]>> RenderAsync(string tool, string script, string templates, string[] chats)
    {
        var (exitCode, output, error) = await ExecuteAsync(tool, [script, templates, .. chats]);
        Assert.True(exitCode == 0, $"{script} failed: {error}");
        return JsonSerializer.Deserialize<Dictionary<string, TemplateRow[]>>(output, JsonSerializerOptions.Web)!;
    }

    private static async Task<string?> PrepareNodeAsync()
    {
        try
        {
            var (_, version, _) = await ExecuteAsync("node", ["--version"]);
            if (int.Parse(version.TrimStart('v').Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) < NeededNodeMajor)
            {
                return $"Node.js {NeededNodeMajor} or later is needed, {version.Trim()} is here.";
            }

            if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@huggingface", "ollama-utils")))
            {
                var (exitCode, _, error) = await ExecuteAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
                if (exitCode != 0)
                {
                    return $"npm ci can't install Hugging Face's Jinja: {error}";
                }
            }

            var (extracted, _, why) = await ExecuteAsync("node", ["extract.mjs", Path.Combine("node_modules", "real")]);
            Assert.True(extracted == 0, why);
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node.js and npm are needed for Hugging Face's Jinja, and are not here.";
        }
    }

    private static async Task<string?> PreparePythonAsync()
    {
        try
        {
            var (exitCode, version, _) = await ExecuteAsync("python3", ["-c", "import jinja2; print(jinja2.__version__)"]);
            return exitCode != 0 ? "Python has no Jinja2 here." : version.StartsWith("3.1.", StringComparison.Ordinal) ? null : $"Jinja2 3.1 is needed, {version.Trim()} is here.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Python 3 with Jinja2 is needed, and is not here.";
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
