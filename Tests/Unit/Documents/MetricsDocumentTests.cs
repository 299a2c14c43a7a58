using System.Text.RegularExpressions;

namespace CocoonOrleans.Tests.Unit.Documents;

/// <summary>Operators build on the names of metrics.</summary>
public sealed partial class MetricsDocumentTests
{
    private static readonly string[] Projects = ["Gateway", "Grains", "Inference", "Ledger", "Silo", "Tunnel", "WorkerHost"];

    [Fact]
    public void Metrics_InTheSource_AreThoseOfTheDocument()
    {
        SortedSet<string> made = [.. Projects
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Repository.Root, project), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Instruments().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)];
        SortedSet<string> told = [.. Rows().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md"))).Select(match => match.Groups["name"].Value)];

        Assert.InRange(made.Count, 15, 100);
        Assert.Equal(made, told);
    }

    [GeneratedRegex("""\.Create(Histogram|Counter|UpDownCounter|ObservableGauge|Gauge)(<\w+>)?\(\s*"(?<name>[a-z_.]+)" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Instruments();

    [GeneratedRegex(@"^\| `(?<name>[a-z_.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
