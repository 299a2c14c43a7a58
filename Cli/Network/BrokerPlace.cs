namespace CocoonOrleans.Cli.Network;

/// <summary>A key broker of a local network.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Folder">Where it keeps its data.</param>
/// <param name="Url">Where it answers; ends with a slash.</param>
public sealed record BrokerPlace(string Name, string Folder, Uri Url)
{
    /// <summary>The folder of its shares.</summary>
    public string Shares => Path.Combine(Folder, "shares");

    /// <summary>Its share of the model's key.</summary>
    public string ShareFile => Path.Combine(Shares, "model.json");
}
