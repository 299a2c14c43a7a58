using System.Text.Json;

namespace CocoonOrleans.Tests.Sealing.Interop;

/// <summary>Other hands' implementations, run by Node on files; their packages are installed once into the tests' output folder.</summary>
internal static class NodeSide
{
    private static readonly NpmFolder Folder = new("@hpke/core", "Interop");

    /// <summary>Runs a script on a request and reads its answer; skips the test, loudly, where the packages can't be installed.</summary>
    public static async Task<TAnswer> AskAsync<TRequest, TAnswer>(string script, string what, TRequest request)
    {
        await Folder.RequireAsync();
        var folder = Directory.CreateTempSubdirectory("sealing-interop-");
        try
        {
            var (from, to) = (Path.Combine(folder.FullName, "request.json"), Path.Combine(folder.FullName, "answer.json"));
            await File.WriteAllTextAsync(from, JsonSerializer.Serialize(request, JsonSerializerOptions.Web));
            await Folder.RunAsync(script, what, from, to);
            return JsonSerializer.Deserialize<TAnswer>(await File.ReadAllTextAsync(to), JsonSerializerOptions.Web)!;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
