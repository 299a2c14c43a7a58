namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>What the Rust original and the JavaScript port make of each text, and the original of each list of ids.</summary>
internal sealed record ReferenceAnswer(ReferenceAnswer.Row[] Rust, ReferenceAnswer.Row[] JavaScript, string[] Decoded)
{
    /// <summary>The ids of a text, those with the special tokens around it, and the text of the ids; or why not.</summary>
    internal sealed record Row(int[]? Ids, int[]? Around, string? Text, string? Error);
}
