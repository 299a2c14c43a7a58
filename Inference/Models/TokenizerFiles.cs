using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Models;

/// <summary>A model's tokenizer, with this project's errors.</summary>
internal static class TokenizerFiles
{
    /// <summary>tokenizer.json, which a GGUF file may take the place of.</summary>
    public const string Tokenizer = "tokenizer.json";

    /// <summary>tokenizer_config.json, which some models lack.</summary>
    public const string Config = "tokenizer_config.json";

    /// <summary>Makes the tokenizer.</summary>
    /// <param name="tokenizer">tokenizer.json.</param>
    /// <param name="config">tokenizer_config.json; empty for none.</param>
    /// <param name="source">The file that both were made of; null where they are files.</param>
    /// <exception cref="ModelFormatException">The files can't be used.</exception>
    public static Tokenizer Load(ReadOnlyMemory<byte> tokenizer, ReadOnlyMemory<byte> config, string? source = null)
    {
        try
        {
            return Tokenization.Tokenizers.Tokenizer.Load(tokenizer, config);
        }
        catch (TokenizerFormatException e)
        {
            throw new ModelFormatException(source ?? e.File, e.Field, e.Message, e);
        }
    }

    /// <summary>
    /// Ids that end an answer. A model that begins a new text is done with this one: some end that way and never use the token named for it.
    /// </summary>
    public static IReadOnlyCollection<int> StopIds(Tokenizer tokenizer, IReadOnlyList<int> others)
        => [.. others.Concat(new[] { tokenizer.BeginOfTextId, tokenizer.EndOfTextId }.OfType<int>()).Distinct()];
}
