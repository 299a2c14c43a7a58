using System.Text.RegularExpressions;

namespace CocoonOrleans.Tests.Unit.Documents;

/// <summary>Documents name files and commands; both go stale silently unless something looks.</summary>
public sealed partial class DocumentTests
{
    public static TheoryData<string> Documents()
    {
        var documents = new TheoryData<string>();
        foreach (string file in Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "models"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "contracts"), "*.md")))
        {
            documents.Add(Path.GetRelativePath(Repository.Root, file));
        }

        return documents;
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_RelativeLinks_LeadToFiles(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        string[] dead = [.. Links().Matches(Text(document))
            .Select(link => link.Groups["target"].Value)
            .Where(target => !target.StartsWith("http", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Select(target => target.Split('#')[0])
            .Where(target => !File.Exists(Path.Combine(folder, target)) && !Directory.Exists(Path.Combine(folder, target)))];
        Assert.Empty(dead);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_QuotedSourceFiles_Exist(string document)
    {
        string[] missing = [.. SourceFiles().Matches(Text(document))
            .Select(quoted => quoted.Groups["path"].Value)
            .Where(path => !File.Exists(Path.Combine(Repository.Root, path)))];
        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    public void Document_CocoonCommands_AreThoseOfTheCli(string document)
    {
        string[] known = ["up", "demo", "channel", "chat", "proxy", "test", "doctor", "account", "cluster", "model", "bench", "verify", "key", "watchtower", "worker", "registry"];
        string[] unknown = [.. Commands().Matches(Text(document)).Select(command => command.Groups["verb"].Value).Except(known)];
        Assert.Empty(unknown);
    }

    private static string Text(string document) => File.ReadAllText(Path.Combine(Repository.Root, document));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"`(?<path>[A-Za-z][\w.]*(/[\w.-]+)+\.(cs|sql|svg|txt|mjs|props|json))`")]
    private static partial Regex SourceFiles();

    [GeneratedRegex(@"\./cocoon (?<verb>[a-z]+)")]
    private static partial Regex Commands();
}
