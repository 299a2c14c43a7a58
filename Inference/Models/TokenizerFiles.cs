using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Models;

/// <summary>A model's tokenizer, with this project's errors.</summary>
internal static class TokenizerFiles
{
    /// <summary>tokenizer.json, without which no model is served.</summary>
    public const string Tokenizer = "tokenizer.json";

    /// <summary>tokenizer_config.json, which some models lack.</summary>
    public const string Config = "tokenizer_config.json";

    /// <summary>Makes the tokenizer.</summary>
    /// <exception cref="ModelFormatException">The files can't be used.</exception>
    public static Tokenizer Load(ReadOnlyMemory<byte> tokenizer, ReadOnlyMemory<byte> config)
    {
        try
        {
            return Tokenization.Tokenizers.Tokenizer.Load(tokenizer, config);
        }
        catch (TokenizerFormatException e)
        {
            throw new ModelFormatException(e.File, e.Field, e.Message, e);
        }
    }

    /// <summary>
    /// Ids that end an answer. A model that begins a new text is done with this one: some end that way and never use the token named for it.
    /// </summary>
    public static IReadOnlyCollection<int> StopIds(Tokenizer tokenizer, IReadOnlyList<int> others)
        => [.. others.Concat(new[] { tokenizer.BeginOfTextId, tokenizer.EndOfTextId }.OfType<int>()).Distinct()];
}
