namespace CocoonOrleans.Sealing.Models;

/// <summary>One encrypted file of a model.</summary>
/// <param name="Name">Its plain name, 1 to 128 of A-Z, a-z, 0-9, '.', '_', '-'. The encrypted one has <see cref="Ending"/> behind it.</param>
/// <param name="Bytes">How long it is in plain.</param>
/// <param name="Salt">New with each encryption.</param>
/// <param name="Root">The Merkle root over its encrypted pieces.</param>
public sealed record EncryptedFile(string Name, long Bytes, Digest Salt, Digest Root)
{
    /// <summary>What stands behind the name of a file that is encrypted.</summary>
    public const string Ending = ".sealed";

    /// <summary>Most characters of a name.</summary>
    internal const int MostCharacters = 128;

    /// <summary>How long it is encrypted.</summary>
    public long EncryptedBytes => ChunkFormat.EncryptedBytes(Bytes);

    internal bool IsValid() => IsName(Name) && Bytes is >= 0 and <= 1L << 50;

    internal static bool IsName(string name) =>
        name.Length is >= 1 and <= MostCharacters && name[0] != '.' && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');
}
