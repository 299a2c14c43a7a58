using System.Text.Json;

namespace CocoonOrleans.Tests.EndToEnd.StockClients;

/// <summary>The stock JavaScript clients, as their lock file has them.</summary>
internal static class NodeClient
{
    private static readonly NpmFolder Folder = new("the stock JavaScript clients", "StockClients");

    /// <summary>Runs a script with Node and reads the JSON object that it prints; skips the test, loudly, where that can't be.</summary>
    public static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        using var document = JsonDocument.Parse(await Folder.RunAsync(script, arguments));
        return document.RootElement.Clone();
    }
}
