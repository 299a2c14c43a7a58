using System.Text.Json;
using System.Xml.Linq;

namespace CocoonOrleans.Tests.Unit.Architecture;

/// <summary>Dependencies point one way (docs/architecture.md, "Folders"): reads the project files and their lock files.</summary>
public sealed class ProjectGraphTests
{
    /// <summary>What each project may reference. A new project comes with its row.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Attestation"] = ["Sealing"],

        // Market: strict settings, and the watch over the process that started it.
        ["Attestation.Simulated"] = ["Attestation", "Market"],
        ["Benchmarks"] = ["Attestation", "Client", "Gateway", "Grains", "Grains.Interfaces", "Inference", "Ledger", "Market", "Sealing", "Silo", "Tokenization", "Ton", "Tunnel"],

        // Tunnel: the local network's workers and gateway must know each other's keys before they start, so the command makes them. Ledger: the demo
        // reads the entries of the network that it ran, to show that they agree with what the API said.
        // Attestation: ./cocoon verify judges a stored quote offline.
        // Ton: ./cocoon key makes key files.
        ["Cli"] = ["Attestation", "Client", "ClusterTls", "Inference", "Ledger", "Market", "Tokenization", "Ton", "Tunnel"],
        ["Client"] = ["Attestation", "Market", "Sealing", "Tokenization", "Ton"],
        ["ClusterTls"] = [],
        ["Gateway"] = ["Attestation", "Client", "ClusterTls", "Grains.Interfaces", "Market", "Sealing", "Telemetry", "Tokenization", "Tunnel"],
        ["Grains"] = ["Attestation", "Grains.Interfaces", "Ledger", "Market", "Sealing", "Ton"],
        ["Grains.Interfaces"] = ["Market"],
        ["HouseModel"] = ["Inference", "Tokenization"],
        ["Inference"] = ["Tokenization"],
        ["KeyBroker"] = ["Attestation", "Market", "Sealing"],
        ["Ledger"] = ["Market"],
        ["Market"] = [],
        ["Sealing"] = [],
        ["Silo"] = ["Attestation", "ClusterTls", "Grains", "Ledger", "Market", "Telemetry", "Ton"],

        // Market: strict settings.
        ["Telemetry"] = ["Market"],
        ["Tokenization"] = [],
        ["Ton"] = ["Market"],
        ["Tunnel"] = [],
        ["WorkerHost"] = ["Attestation", "Inference", "Market", "Sealing", "Telemetry", "Tokenization", "Tunnel"],
    };

    /// <summary>Projects that must not reach these, by project or by package, however far down.</summary>
    private static readonly (string Project, string Forbidden)[] NeverReached =
    [
        ("Attestation", "Microsoft.Extensions."),
        ("Attestation", "Microsoft.Orleans."),
        ("KeyBroker", "Microsoft.Orleans."),
        ("WorkerHost", "Grains.Interfaces"),
        ("WorkerHost", "Microsoft.Orleans."),
        ("Cli", "Grains.Interfaces"),
        ("Cli", "Microsoft.Orleans."),
        ("Inference", "Microsoft.Orleans."),
        ("Ledger", "Microsoft.Orleans."),
        ("Market", "Microsoft.Orleans."),
        ("Tokenization", "Microsoft.Orleans."),
        ("Tokenization", "TorchSharp"),
        ("Tunnel", "Microsoft.Orleans."),

        // Only tests and its own process have the simulated issuer: nothing that runs in production can be made to use it.
        ("Cli", "Attestation.Simulated"),
        ("Gateway", "Attestation.Simulated"),
        ("KeyBroker", "Attestation.Simulated"),
        ("Silo", "Attestation.Simulated"),
        ("WorkerHost", "Attestation.Simulated"),
        ("Gateway", "Grains"),
        ("Gateway", "Ledger"),
        ("Gateway", "TorchSharp"),
        ("Silo", "TorchSharp"),
    ];

    private static readonly Dictionary<string, string> Files = SourceTree.Files("*.csproj")
        .Where(file => !Path.GetRelativePath(SourceTree.Root, file).StartsWith("Tests", StringComparison.Ordinal))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file));

    public static TheoryData<string> Projects => [.. Files.Keys];

    [Fact]
    public void Projects_Found_AreTheKnownOnes() => Assert.Contains("WorkerHost", Files.Keys);

    [Theory, MemberData(nameof(Projects))]
    public void Project_References_FollowTheArrows(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out string[]? allowed), $"{project} has no row in the table of allowed references.");
        Assert.Empty(References(project).Except(allowed));
    }

    [Fact]
    public void NeverReached_ProjectsAndPackages_AreNotThere()
    {
        foreach ((string project, string forbidden) in NeverReached)
        {
            string[] found = [.. Reached(project).Where(name => forbidden.EndsWith('.') ? name.StartsWith(forbidden, StringComparison.OrdinalIgnoreCase) : name == forbidden)];

            Assert.True(found.Length == 0, $"{project} reaches {string.Join(", ", found)}.");
        }
    }

    [Fact]
    public void Reached_Gateway_IncludesOrleans() => Assert.Contains("Microsoft.Orleans.Core", Reached("Gateway"));

    private static IEnumerable<string> References(string project) => XDocument.Load(Files[project])
        .Descendants("ProjectReference")
        .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

    /// <summary>Projects over all steps, and the packages that the lock file says are restored for this one.</summary>
    private static HashSet<string> Reached(string project)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>([project]);
        while (open.TryPop(out string? next))
        {
            foreach (string reference in References(next).Where(reached.Add))
            {
                open.Push(reference);
            }
        }

        using JsonDocument locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(Files[project])!, "packages.lock.json")));
        foreach (JsonProperty framework in locked.RootElement.GetProperty("dependencies").EnumerateObject())
        {
            reached.UnionWith(framework.Value.EnumerateObject()
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package => package.Name));
        }

        return reached;
    }
}
