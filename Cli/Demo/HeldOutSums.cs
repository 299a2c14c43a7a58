using CocoonOrleans.Cli.Models;
using CocoonOrleans.Cli.Processes;
using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Demo;

/// <summary>Sums that the house model never saw in training: it can't know them by heart. Listed in the model's folder by its training.</summary>
internal static class HeldOutSums
{
    private const string FileName = "held-out-sums.txt";

    /// <summary>Draws one.</summary>
    /// <param name="artifacts">The checkout.</param>
    /// <param name="seed">Which.</param>
    /// <exception cref="CommandFailedException">The list is missing or empty.</exception>
    public static Sum Draw(BuiltArtifacts artifacts, int seed)
    {
        var path = Path.Combine(HouseModelFolder.Path(artifacts), FileName);
        string[] sums = File.Exists(path) ? [.. File.ReadLines(path).Where(line => line.Contains('+', StringComparison.Ordinal))] : [];
        return sums.Length > 0
            ? Sum.Parse(sums[new Random(seed).Next(sums.Length)])
            : throw new CommandFailedException($"{path} lists no sums.", $"Get it again: git checkout -- {path}");
    }
}
