using System.Text.Json;
using System.Text.RegularExpressions;
using CocoonOrleans.Tests.Unit.Architecture;
using YamlDotNet.RepresentationModel;

namespace CocoonOrleans.Tests.Unit.Deployment;

/// <summary>Dashboards and alerts ask for metrics that exist, and say what to do.</summary>
public sealed partial class ObservabilityTests
{
    /// <summary>What others measure, and how the names begin.</summary>
    private static readonly string[] Foreign = ["up", "dotnet_", "orleans_"];

    private static readonly string Folder = Path.Combine(SourceTree.Root, "deploy", "observability");

    public static TheoryData<string> Dashboards => [.. Directory.GetFiles(Path.Combine(Folder, "dashboards"), "*.json").Select(file => Path.GetFileName(file)).Order()];

    [Theory, MemberData(nameof(Dashboards))]
    public void Dashboard_EachPanel_AsksForWhatIsMeasured(string file)
    {
        using JsonDocument dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "dashboards", file)));
        JsonElement[] panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()];

        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.Equal($"cocoon-{Path.GetFileNameWithoutExtension(file)}", dashboard.RootElement.GetProperty("uid").GetString());
        foreach (JsonElement panel in panels)
        {
            Assert.NotEmpty(panel.GetProperty("title").GetString()!);
            Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            JsonElement[] targets = [.. panel.GetProperty("targets").EnumerateArray()];
            Assert.NotEmpty(targets);
            Assert.Empty(targets.SelectMany(target => Unknown(target.GetProperty("expr").GetString()!)));
        }
    }

    [Fact]
    public void Alert_Each_AsksForWhatIsMeasuredAndNamesItsEntry()
    {
        YamlMappingNode[] alerts = [.. Alerts()];

        Assert.NotEmpty(alerts);
        foreach (YamlMappingNode alert in alerts)
        {
            Assert.Empty(Unknown(Scalar(alert, "expr")));
            var annotations = (YamlMappingNode)alert.Children["annotations"];
            Assert.NotEmpty(Scalar(annotations, "summary"));
            Assert.Contains(Scalar((YamlMappingNode)alert.Children["labels"], "severity"), new[] { "page", "ticket" });
            string[] runbook = Scalar(annotations, "runbook").Split('#');
            Assert.Contains(runbook[1], Anchors(runbook[0]));
        }
    }

    [Theory]
    [InlineData("rate(cocoon_ledger_commit_duration_seconds_bucket[5m])", "")]
    [InlineData("sum by (error) (rate(gen_ai_server_request_duration_seconds_count{error=\"x\"}[5m]))", "")]
    [InlineData("cocoon_no_such_thing_total > 1", "cocoon_no_such_thing_total")]
    public void Unknown_Expression_IsWhatNobodyMeasures(string expression, string unknown) =>
        Assert.Equal(unknown.Split(',', StringSplitOptions.RemoveEmptyEntries), Unknown(expression));

    [Fact]
    public void Settings_EachFile_IsYaml()
    {
        foreach (string file in Directory.GetFiles(Folder, "*.yaml"))
        {
            Assert.Single(Load(file).Documents);
        }
    }

    private static IEnumerable<YamlMappingNode> Alerts() =>
        from @group in (YamlSequenceNode)((YamlMappingNode)Load(Path.Combine(Folder, "alerts.yaml")).Documents[0].RootNode).Children["groups"]
        from rule in (YamlSequenceNode)((YamlMappingNode)@group).Children["rules"]
        select (YamlMappingNode)rule;

    private static YamlStream Load(string file)
    {
        var stream = new YamlStream();
        using var reader = new StreamReader(file);
        stream.Load(reader);
        return stream;
    }

    private static string Scalar(YamlMappingNode node, string key) => ((YamlScalarNode)node.Children[key]).Value!;

    /// <summary>The metrics of an expression that neither docs/metrics.md nor .NET or Orleans has.</summary>
    private static IEnumerable<string> Unknown(string expression)
    {
        HashSet<string> known = [.. MetricRow().Matches(File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "metrics.md"))).Select(match => Base(match.Groups[1].Value.Replace('.', '_')))];
        return MetricName().Matches(Selectors().Replace(expression, ""))
            .Select(match => match.Value)
            .Where(name => !Foreign.Any(begin => begin.EndsWith('_') ? name.StartsWith(begin, StringComparison.Ordinal) : name == begin) && !known.Contains(Base(name)))
            .Distinct();
    }

    /// <summary>Prometheus' names end with the unit, and with what of a histogram or counter they are.</summary>
    private static string Base(string name) => Suffixes().Replace(name, "");

    private static HashSet<string> Anchors(string document) =>
        [.. Heading().Matches(File.ReadAllText(Path.Combine(SourceTree.Root, document))).Select(match => Punctuation().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"^\| `([a-z_.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\bby\s*\([^)]*\)")]
    private static partial Regex Selectors();

    [GeneratedRegex(@"\bup\b|\b(?:cocoon|gen_ai|dotnet|orleans)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("(_seconds|_milliseconds|_bytes)?(_bucket|_count|_sum|_total)?$")]
    private static partial Regex Suffixes();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
