using System.Text;
using CocoonOrleans.Inference.Grammars;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Inference.Grammars;

/// <summary>A vocabulary in which every byte is a token of its own, so that a text has one way to be written.</summary>
internal static class ByteVocabulary
{
    public static TokenTrie Trie { get; } = Load();

    /// <summary>Whether a grammar has a text.</summary>
    public static bool Has(Grammar grammar, string text) => Has(grammar, Encoding.UTF8.GetBytes(text));

    /// <summary>Whether a grammar has a text.</summary>
    public static bool Has(Grammar grammar, ReadOnlySpan<byte> text)
    {
        var state = new TokenGrammar(grammar, Trie).Start();
        foreach (var value in text)
        {
            if (!state.Allows(value))
            {
                return false;
            }

            state.Accept(value);
        }

        return state.IsComplete;
    }

    public static Grammar Schema(string schema) => Grammar.FromJsonSchema(Encoding.UTF8.GetBytes(schema));

    private static TokenTrie Load()
    {
        using var model = new TinyModel();
        return new TokenTrie(Tokenizer.Load(model.Folder), TinyModel.VocabularySize);
    }
}
