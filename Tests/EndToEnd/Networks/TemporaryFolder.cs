namespace CocoonOrleans.Tests.EndToEnd.Networks;

/// <summary>A folder of one test, deleted at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cocoon-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
