using CocoonOrleans.Cli.Processes;

namespace CocoonOrleans.Cli.Testing;

/// <summary>A project of <c>Tests/</c>.</summary>
/// <param name="Name">For example <c>Tests.Unit</c>.</param>
/// <param name="Assembly">What was built of it.</param>
public sealed record TestProject(string Name, string Assembly)
{
    /// <summary>All of them: the quick ones first, so that a break shows early.</summary>
    /// <param name="artifacts">The checkout.</param>
    public static IReadOnlyList<TestProject> FindAll(BuiltArtifacts artifacts)
    {
        ArgumentNullException.ThrowIfNull(artifacts);
        string[] quickFirst = ["Tests.Unit", "Tests.Cluster", "Tests.Settlement", "Tests.Inference", "Tests.EndToEnd"];
        return
        [
            .. Directory.EnumerateFiles(Path.Combine(artifacts.Root, "Tests"), "Tests.*.csproj", SearchOption.AllDirectories)
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .OrderBy(name => Array.IndexOf(quickFirst, name) is var place && place < 0 ? int.MaxValue : place)
                .ThenBy(name => name, StringComparer.Ordinal)
                .Select(name => new TestProject(name, artifacts.Assembly(name))),
        ];
    }
}
