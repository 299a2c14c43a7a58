using CocoonOrleans.Tests.Settlement.Contracts;

namespace CocoonOrleans.Tests.Settlement.Vectors;

public sealed class VectorTests
{
    /// <summary>The file is what the libraries say today, not what somebody wrote into it.</summary>
    [SkippableFact]
    public async Task Vectors_WrittenAgain_AreTheCommittedOnes()
    {
        await ContractFolder.Npm.RunAsync("vectors/generate.mjs", "again.json");

        string again = await File.ReadAllTextAsync(Path.Combine(ContractFolder.Npm.Path, "again.json"));
        Assert.True(await File.ReadAllTextAsync(GoldenVectors.File) == again, "The vectors differ: npm run vectors in contracts/ writes them.");
    }
}
