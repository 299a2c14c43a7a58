using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Tokenization.Chat;
using CocoonOrleans.Tokenization.Templates;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Models;

/// <summary>A model's tokenizer, with this project's errors.</summary>
internal static class TokenizerFiles
{
    /// <summary>tokenizer.json, which a GGUF file may take the place of.</summary>
    public const string Tokenizer = "tokenizer.json";

    /// <summary>tokenizer_config.json, which some models lack.</summary>
    public const string Config = "tokenizer_config.json";

    /// <summary>The chat template, which may stand in <see cref="Config"/> as well.</summary>
    public const string Template = "chat_template.jinja";

    /// <summary>Ids that end answers, and how to sample.</summary>
    public const string Generation = "generation_config.json";

    /// <summary>Files that a model may lack.</summary>
    public static readonly string[] Optional = [Template, Generation, Config];

    /// <summary>Makes tokenizer and chat template.</summary>
    /// <param name="files">The files by name, each as it was read; <see cref="Tokenizer"/> is one of them.</param>
    /// <param name="source">The file that they were made of; null where they are files.</param>
    /// <exception cref="ModelFormatException">The files can't be used.</exception>
    public static ChatModel Load(IReadOnlyDictionary<string, byte[]> files, string? source = null)
    {
        ReadOnlyMemory<byte> Bytes(string name) => files.GetValueOrDefault(name, []);
        try
        {
            return ChatModel.Load(new ChatModelFiles(Bytes(Tokenizer), Bytes(Config), Bytes(Template)), Bytes(Generation));
        }
        catch (TokenizerFormatException e)
        {
            throw new ModelFormatException(source ?? e.File, e.Field, e.Message, e);
        }
        catch (TemplateSyntaxException e)
        {
            throw new ModelFormatException(source ?? Template, "template", e.Message, e);
        }
    }

    /// <summary>
    /// Ids that end an answer. A model that begins a new text is done with this one: some end that way and never use the token named for it.
    /// </summary>
    public static IReadOnlyCollection<int> StopIds(Tokenizer tokenizer, IReadOnlyList<int> others)
        => [.. others.Concat(new[] { tokenizer.BeginOfTextId, tokenizer.EndOfTextId }.OfType<int>()).Distinct()];
}
