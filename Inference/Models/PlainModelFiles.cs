using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>A folder as it lies.</summary>
/// <param name="folder">The folder.</param>
public sealed class PlainModelFiles(string folder) : IModelFiles
{
    /// <inheritdoc/>
    public string Place => folder;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file))]
        : throw new ModelFormatException(folder, "folder", "does not exist");

    /// <inheritdoc/>
    public bool Exists(string name) => File.Exists(Path.Combine(folder, name));

    /// <inheritdoc/>
    public long Size(string name) => new FileInfo(Path.Combine(folder, name)) is { Exists: true } file ? file.Length : 0;

    /// <inheritdoc/>
    public Stream Open(string name) => File.OpenRead(Path.Combine(folder, name));

    /// <inheritdoc/>
    public void Check(IReadOnlyList<ModelFile> files)
    {
        // What lies there is what is meant; whoever wants a certain one names its manifest's hash.
    }
}
