using System.Text.RegularExpressions;

namespace CocoonOrleans.Tests.Unit.Architecture;

/// <summary>
/// Rule 7 of docs/architecture.md over the source: which grain interfaces each folder of grains gets hold of. Tests/Cluster/CallGraph watches the
/// same while grains run.
/// </summary>
public sealed partial class CallGraphTests
{
    private static readonly HashSet<(string Folder, string Target)> Allowed =
    [
        ("Attestation", "IAttestedPlatformGrain"),
        ("Attestation", "IRevocationGrain"),
        ("Jobs", "IClientAccountGrain"),
        ("Workers", "IModelMarketGrain"),
        ("Sweeping", "IJobGrain"),
        ("Sweeping", "IClientChannelGrain"),
        ("Sweeping", "IPaymentChannelGrain"),
        ("Sweeping", "IProviderGrain"),
        ("Sweeping", "IWalletGrain"),

        // Not a grain: the silo arms its sweepers when it starts.
        ("Sweeping", "ISweeperGrain"),
    ];

    [Fact]
    public void Grains_InterfacesTheyGetHoldOf_AreTheAllowedOnes()
    {
        HashSet<(string Folder, string Target)> found = [];
        foreach (string file in SourceTree.Files("*.cs", "Grains"))
        {
            string folder = Path.GetRelativePath(Path.Combine(SourceTree.Root, "Grains"), file).Split(Path.DirectorySeparatorChar)[0];
            string source = File.ReadAllText(file);
            found.UnionWith(GrainReference().Matches(source).Select(match => (folder, match.Groups[1].Value)));
            Assert.False(UntypedGrainReference().IsMatch(source), $"{file} gets a grain without naming its interface.");
        }

        Assert.Equal(Allowed.Order(), found.Order());
    }

    [Fact]
    public void Grains_OfTon_UseWhatNeedsNoChainAndNoWallet()
    {
        foreach (string file in SourceTree.Files("*.cs", "Grains"))
        {
            Assert.False(ChainReference().IsMatch(File.ReadAllText(file)), $"{file} reaches the chain by itself; it has interfaces of its own for that.");
        }
    }

    [GeneratedRegex(@"\bTon\.(Chain|Messages|Wallets)\b")]
    private static partial Regex ChainReference();

    [GeneratedRegex(@"\bGetGrain\s*<\s*(?:\w+\.)*(\w+)\s*>")]
    private static partial Regex GrainReference();

    [GeneratedRegex(@"\bGetGrain\s*\(|\.AsReference\b|\.Cast\s*<\s*I\w+Grain\s*>")]
    private static partial Regex UntypedGrainReference();
}
