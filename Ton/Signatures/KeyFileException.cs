namespace CocoonOrleans.Ton.Signatures;

/// <summary>A key file can't be used. The message says why and never holds a part of a key or a passphrase.</summary>
/// <param name="path">The file.</param>
/// <param name="reason">Why, in a few words.</param>
public sealed class KeyFileException(string path, string reason) : Exception($"{path}: {reason}");
