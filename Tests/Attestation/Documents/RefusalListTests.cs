using CocoonOrleans.Attestation.Certificates;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Tests.Unit;

namespace CocoonOrleans.Tests.Attestation.Documents;

/// <summary>The list of refusals for people is the list that the verifier has.</summary>
public sealed class RefusalListTests
{
    [Fact]
    public void RefusalList_Rows_AreTheCodes()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "attestation.md"))
            .SkipWhile(line => line != "## Refusals")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])];
        string[] listed = [.. rows.Where(row => row[0] != '.'), .. ChainCodes.Prefixes.SelectMany(chain => rows.Where(row => row[0] == '.').Select(row => chain.Prefix + row))];

        Assert.Equal(RefusalCodes.All, listed);
    }
}
