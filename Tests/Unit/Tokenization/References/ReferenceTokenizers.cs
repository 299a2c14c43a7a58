using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>Hugging Face's own tokenizers, by Node, installed once from their lock file into the tests' output folder.</summary>
internal static class ReferenceTokenizers
{
    private static readonly NpmFolder Folder = new("the reference tokenizers", "Tokenization", "References");

    /// <summary>A file of an installed package; skips the test, loudly, where they can't be installed.</summary>
    public static async Task<string> FileOfPackageAsync(string path)
    {
        await Folder.RequireAsync();
        return Path.Combine(Folder.Path, "node_modules", path);
    }

    /// <summary>The lines that a script prints.</summary>
    public static async Task<string[]> LinesOfAsync(string script) => (await Folder.RunAsync(script)).Split('\n');

    /// <summary>What both implementations make of these texts and ids.</summary>
    /// <param name="tokenizers">Names and the <c>tokenizer.json</c> of each.</param>
    /// <param name="texts">Texts, to be encoded with each.</param>
    /// <param name="ids">For some names lists of ids, to be decoded.</param>
    public static async Task<Dictionary<string, ReferenceAnswer>> RunAsync(
        IReadOnlyDictionary<string, byte[]> tokenizers, IReadOnlyList<string> texts, IReadOnlyDictionary<string, int[][]> ids)
    {
        await Folder.RequireAsync();
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
            await Folder.RunAsync("encode.mjs", request, answer);
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
}
