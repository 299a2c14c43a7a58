using System.Text.Json;

namespace CocoonOrleans.Cli.Network;

/// <summary>The simulated issuer of a local network.</summary>
/// <param name="Socket">Where it makes quotes and gives collateral.</param>
/// <param name="AnchorFile">Where the gateway reads what to believe: a new anchor with each start of the issuer.</param>
public sealed record SimulatedIssuer(string Socket, string AnchorFile)
{
    internal static SimulatedIssuer In(DataFolder data)
    {
        var folder = data.Folder("simulated");
        return new SimulatedIssuer(Path.Combine(folder, "tdx.sock"), Path.Combine(folder, "anchor.json"));
    }

    /// <summary>Writes the anchor for the gateway.</summary>
    /// <param name="ready">What the issuer said when it was ready.</param>
    public void WriteAnchor(JsonElement ready) => DataFolder.WritePrivate(AnchorFile, ready.GetProperty("anchor").GetRawText());
}
