namespace CocoonOrleans.Tokenization.Chat;

/// <summary>What an answer has to be: any JSON object, unless one of the three says more.</summary>
/// <param name="Schema">JSON Schema that it has to fit, as the client wrote it.</param>
public sealed record ResponseFormat(string? Schema)
{
    /// <summary>Most characters of a regular expression or a grammar.</summary>
    public const int LongestText = 64 * 1024;

    /// <summary>Regular expression that the whole answer has to match.</summary>
    public string? Pattern { get; init; }

    /// <summary>Grammar in llama.cpp's notation (GBNF) that it has to be a text of.</summary>
    public string? Gbnf { get; init; }
}
