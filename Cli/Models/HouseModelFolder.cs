using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Models;

/// <summary>The small model of our own that a network serves where no other is named.</summary>
public static class HouseModelFolder
{
    /// <summary>The name that clients use for it.</summary>
    public const string Name = "house";

    /// <summary>Its folder in the checkout.</summary>
    /// <param name="artifacts">The checkout.</param>
    public static string Path(BuiltArtifacts artifacts)
    {
        ArgumentNullException.ThrowIfNull(artifacts);
        return System.IO.Path.Combine(artifacts.Root, "models", "house");
    }
}
