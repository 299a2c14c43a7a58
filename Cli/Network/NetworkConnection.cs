using System.Text.Json;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Network;

/// <summary>How the network of a data folder is reached. Written when the network is ready, deleted when it stops.</summary>
/// <param name="Url">The gateway.</param>
/// <param name="AdminUrl">The gateway's administration.</param>
/// <param name="Model">The model that it serves.</param>
public sealed record NetworkConnection(Uri Url, Uri AdminUrl, string Model)
{
    /// <summary>Reads what a running network left in its data folder.</summary>
    /// <param name="folder">The data folder.</param>
    /// <returns>Null where none runs there.</returns>
    public static NetworkConnection? TryRead(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(folder, DataFolder.ConnectionName)), CommandJson.Default.NetworkConnection);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it into the data folder.</summary>
    /// <param name="folder">The data folder.</param>
    public void Write(DataFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        DataFolder.WritePrivate(folder.Connection, JsonSerializer.Serialize(this, CommandJson.Default.NetworkConnection));
    }
}
