using System.Text.Json;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.Cli.Network;

/// <summary>The simulated issuer of a local network.</summary>
/// <param name="Socket">Where it makes quotes and gives collateral.</param>
/// <param name="AnchorFile">Where the gateway reads what to believe.</param>
/// <param name="ImageFile">Where the manifest of the image lies that its TD measures.</param>
/// <param name="BootLogFile">Where the event log of its TD's firmware lies.</param>
/// <param name="WorldFile">Where it keeps its world, its keys included.</param>
public sealed record SimulatedIssuer(string Socket, string AnchorFile, string ImageFile, string BootLogFile, string WorldFile)
{
    internal static SimulatedIssuer In(DataFolder data)
    {
        var folder = data.Folder("simulated");
        return new SimulatedIssuer(Path.Combine(folder, "tdx.sock"), Path.Combine(folder, "anchor.json"), Path.Combine(folder, "image.cbor"), Path.Combine(folder, "ccel.bin"), Path.Combine(folder, "world.json"));
    }

    /// <summary>Writes the image's manifest for those who judge by it or release keys to it, and the firmware's event log for the workers.</summary>
    /// <param name="ready">What the issuer said when it was ready.</param>
    /// <returns>The image's id.</returns>
    public Digest WriteImage(JsonElement ready)
    {
        File.WriteAllBytes(BootLogFile, ready.GetProperty("bootLog").GetBytesFromBase64());
        var manifest = ready.GetProperty("image").GetBytesFromBase64();
        File.WriteAllBytes(ImageFile, manifest);
        return Digest.Of(manifest);
    }

    /// <summary>Writes the anchor for the gateway.</summary>
    /// <param name="ready">What the issuer said when it was ready.</param>
    public void WriteAnchor(JsonElement ready) => DataFolder.WritePrivate(AnchorFile, ready.GetProperty("anchor").GetRawText());
}
