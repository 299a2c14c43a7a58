using CocoonOrleans.Cli.Terminal;

namespace CocoonOrleans.Cli.Processes;

/// <summary>
/// The checkout that this assembly was built in, and what was built beside it: <c>artifacts/bin/&lt;project&gt;/&lt;configuration&gt;/</c>.
/// </summary>
/// <param name="Root">The folder of the solution.</param>
/// <param name="Configuration"><c>release</c> or <c>debug</c>: what this assembly itself was built as.</param>
public sealed record BuiltArtifacts(string Root, string Configuration)
{
    private const string Solution = "CocoonOrleans.sln";

    /// <summary>Finds them from the folder of the running assembly.</summary>
    /// <exception cref="CommandFailedException">This assembly was copied out of its checkout.</exception>
    public static BuiltArtifacts Find()
    {
        var start = new DirectoryInfo(AppContext.BaseDirectory);
        for (var folder = start; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return new BuiltArtifacts(folder.FullName, start.Name);
            }
        }

        throw new CommandFailedException($"No {Solution} above {AppContext.BaseDirectory}.", "Run ./cocoon of a checkout.");
    }

    /// <summary>The assembly of a project of ours, whether or not it is built.</summary>
    /// <param name="project">Name of the project, for example <c>Silo</c>.</param>
    public string Assembly(string project) =>
        Path.Combine(Root, "artifacts", "bin", project, Configuration, $"CocoonOrleans.{project}.dll");
}
