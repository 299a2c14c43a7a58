namespace CocoonOrleans.Sealing.Models;

/// <summary>An encrypted file is not the one that its manifest names, or the key is not its key. Nothing of what was read until then may be used.</summary>
/// <param name="file">The file's plain name.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class EncryptedModelException(string file, string reason) : IOException($"{file}{EncryptedFile.Ending}: {reason}")
{
    /// <summary>The file's plain name.</summary>
    public string File { get; } = file;
}
