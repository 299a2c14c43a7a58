using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>Hugging Face's own tokenizers, by Node, installed once from their lock file into the tests' output folder.</summary>
internal static class ReferenceTokenizers
{
    private const int NeededMajor = 20;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Tokenization", "References");
    private static readonly Lazy<Task<string?>> Missing = new(PrepareAsync);

    /// <summary>A file of an installed package; skips the test, loudly, where they can't be installed.</summary>
    public static async Task<string> FileOfPackageAsync(string path)
    {
        var missing = await Missing.Value;
        Skip.If(missing is not null, missing);
        return Path.Combine(Folder, "node_modules", path);
    }

    /// <summary>The lines that a script prints.</summary>
    public static async Task<string[]> LinesOfAsync(string script)
    {
        var missing = await Missing.Value;
        Skip.If(missing is not null, missing);
        var (exitCode, output, error) = await ExecuteAsync("node", [script]);
        Assert.True(exitCode == 0, $"{script} failed: {error}");
        return output.Split('\n');
    }

    /// <summary>What both implementations make of these texts and ids.</summary>
    /// <param name="tokenizers">Names and the <c>tokenizer.json</c> of each.</param>
    /// <param name="texts">Texts, to be encoded with each.</param>
    /// <param name="ids">For some names lists of ids, to be decoded.</param>
    public static async Task<Dictionary<string, ReferenceAnswer>> RunAsync(
        IReadOnlyDictionary<string, byte[]> tokenizers, IReadOnlyList<string> texts, IReadOnlyDictionary<string, int[][]> ids)
    {
        var missing = await Missing.Value;
        Skip.If(missing is not null, missing);
        var folder = Directory.CreateTempSubdirectory("reference-tokenizers-");
        try
        {
            var files = tokenizers.Select((tokenizer, i) => new { name = tokenizer.Key, file = Path.Combine(folder.FullName, $"{i}.json"), tokenizer.Value }).ToArray();
            foreach (var file in files)
            {
                await File.WriteAllBytesAsync(file.file, file.Value);
            }

            var (request, answer) = (Path.Combine(folder.FullName, "request.json"), Path.Combine(folder.FullName, "answer.json"));
            var names = JsonSerializer.Serialize(files.Select(file => new { file.name, file.file }));
            await File.WriteAllTextAsync(request, $$"""{"tokenizers": {{names}}, "texts": [{{string.Join(",", texts.Select(Quote))}}], "ids": {{JsonSerializer.Serialize(ids)}}}""");
            var (exitCode, _, error) = await ExecuteAsync("node", ["encode.mjs", request, answer]);
            Assert.True(exitCode == 0, $"encode.mjs failed: {error}");
            await using var stream = File.OpenRead(answer);
            return (await JsonSerializer.DeserializeAsync<Dictionary<string, ReferenceAnswer>>(stream, JsonSerializerOptions.Web))!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>As JSON, with halves of surrogate pairs as they are: .NET's own writer would replace them.</summary>
    private static string Quote(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var unit in text)
        {
            json.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }

        return json.Append('"').ToString();
    }

    private static async Task<string?> PrepareAsync()
    {
        try
        {
            var (_, version, _) = await ExecuteAsync("node", ["-p", "process.versions.node"]);
            if (int.Parse(version.Split('.')[0], CultureInfo.InvariantCulture) < NeededMajor)
            {
                return $"Node.js {NeededMajor} or later is needed, {version.Trim()} is here.";
            }

            // npm writes this one last.
            var installed = File.GetLastWriteTimeUtc(Path.Combine(Folder, "node_modules", ".package-lock.json"));
            if (installed > File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            {
                return null;
            }

            var (exitCode, _, error) = await ExecuteAsync("npm", ["ci", "--no-audit", "--no-fund"]);
            return exitCode == 0 ? null : $"npm ci can't install the reference tokenizers: {error}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node.js and npm are needed for the reference tokenizers, and are not here.";
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
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
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
