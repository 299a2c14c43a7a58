using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models;

/// <summary>Where a model's files are read from: a folder as it lies (<see cref="PlainModelFiles"/>), or one whose weights are encrypted, which whoever has the key opens.</summary>
public interface IModelFiles
{
    /// <summary>Where that is, for messages.</summary>
    string Place { get; }

    /// <summary>The names of its files.</summary>
    /// <exception cref="ModelFormatException">There is no such place.</exception>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Whether there is a file.</summary>
    bool Exists(string name);

    /// <summary>How long a file is, in plain; 0 where there is none.</summary>
    long Size(string name);

    /// <summary>Opens a file, in plain, for one reading from its start. Its length is known.</summary>
    /// <exception cref="IOException">It can't be read, or is missing.</exception>
    Stream Open(string name);

    /// <summary>Looks whether what was read is the model that was meant, before anything is made of it.</summary>
    /// <param name="files">Every file that was read.</param>
    /// <exception cref="ModelFormatException">It is another one.</exception>
    void Check(IReadOnlyList<ModelFile> files);
}
