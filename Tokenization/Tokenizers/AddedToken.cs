using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;

namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>A text that is one token wherever it stands.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The text; never empty.</param>
/// <param name="Special">A mark of structure, which no user's text may become.</param>
internal sealed record AddedToken(int Id, string Content, bool Special)
{
    /// <summary>Whether it counts only where no word's character touches it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space before it along.</summary>
    public bool TakesLeft { get; init; }

    /// <summary>Whether it takes the white space after it along.</summary>
    public bool TakesRight { get; init; }

    /// <summary>Whether it is looked for in the normalised text; <see cref="Content"/> is normalised too.</summary>
    public bool Normalized { get; init; }

    /// <summary>
    /// The same token, special. A special one is looked for in the text as it came, where it is known which part of it may hold one; that is the same,
    /// unless its own text changes.
    /// </summary>
    public AddedToken AsSpecial(JsonField field, Vocabulary vocabulary) => Content == vocabulary.TokenOf(Id)
        ? this with { Special = true, Normalized = false }
        : throw field.Refuse($"the special token {JsonField.Quote(vocabulary.TokenOf(Id)!)} is normalized, and the normalizer changes it, which is not supported");
}
