using System.Globalization;
using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Settlement;

/// <summary>The checkout's <c>contracts/</c>: what the development chain is made of, and whether it can run here.</summary>
internal static class ContractsFolder
{
    /// <summary>The program that runs it.</summary>
    public const string Node = "node";

    private const int NeededMajor = 20;

    /// <summary>The development chain's script.</summary>
    public static string DevelopmentChain(BuiltArtifacts artifacts) => Path.Combine(Folder(artifacts), "devchain", "devchain.mjs");

    /// <summary>Why the development chain can't run here, and what to do about it; null where it can.</summary>
    public static async Task<string?> FindObstacleAsync(BuiltArtifacts artifacts, CancellationToken cancellationToken)
    {
        var version = await ToolOutput.ReadAsync(Node, ["-p", "process.versions.node"], artifacts.Root, cancellationToken);
        if (version is null || !int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major))
        {
            return $"Node.js {NeededMajor} or later is not here: install it, then run npm ci in {Folder(artifacts)}";
        }

        if (major < NeededMajor)
        {
            return $"Node.js {version} is too old: install {NeededMajor} or later, then run npm ci in {Folder(artifacts)}";
        }

        // npm writes this one last; where the lock file is newer, other packages are wanted.
        var installed = new FileInfo(Path.Combine(Folder(artifacts), "node_modules", ".package-lock.json"));
        return installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder(artifacts), "package-lock.json"))
            ? null
            : $"the packages of the contracts are not here: run npm ci --ignore-scripts in {Folder(artifacts)}";
    }

    private static string Folder(BuiltArtifacts artifacts) => Path.Combine(artifacts.Root, "contracts");
}
