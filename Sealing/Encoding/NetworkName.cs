namespace CocoonOrleans.Sealing.Encoding;

/// <summary>The id of a network: 1 to 64 of a-z, 0-9, '.', '-', so that its length in bytes fits one.</summary>
internal static class NetworkName
{
    /// <summary>Most characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether a text is one.</summary>
    public static bool IsValid(string text) =>
        text.Length is >= 1 and <= MaxLength && !text.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789.-");
}
