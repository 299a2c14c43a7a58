namespace CocoonOrleans.Tunnel.Messages;

/// <summary>Range checks on what a peer sent, each naming the field.</summary>
internal static class FieldCheck
{
    public static void That(bool holds, string field, string rule)
    {
        if (!holds)
            throw new TunnelProtocolException($"{field} {rule}.");
    }

    public static void Text(string text, int min, int max, string field) =>
        That(text.Length >= min && text.Length <= max && !text.Any(char.IsControl), field, $"must have {min} to {max} characters and no control characters");

    public static void Hash(string text, string field) =>
        That(text.Length == 64 && !text.AsSpan().ContainsAnyExcept("0123456789abcdef"), field, "must be 64 lower-case hex digits");

    public static void Id(string text, string field) => That(IsId(text), field, "must have 1 to 64 characters of a-z, A-Z, 0-9, '-', '_', '.' and not begin with '.'");

    // Ids also name files: no separators, no leading dot.
    public static bool IsId(string text) =>
        text.Length is >= 1 and <= 64 && text[0] != '.' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
