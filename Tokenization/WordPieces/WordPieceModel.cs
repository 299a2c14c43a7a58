using System.Collections;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tokenization.WordPieces;

/// <summary>
/// BERT's model: a word is its longest token, then the longest continuing token, and so on; a word for which that fails is one unknown token
/// (Hugging Face's <c>WordPiece</c>). Thread-safe.
/// </summary>
internal sealed class WordPieceModel : ITokenModel
{
    /// <summary>The highest <c>max_input_chars_per_word</c> we accept: it bounds how often one character can be looked at. BERT has 100.</summary>
    private const int LongestWord = 1_000;

    private readonly PieceCache _cache = new();
    private readonly TokenTrie _starting;
    private readonly TokenTrie _continuing;
    private readonly int _longestWord;
    private readonly int _unknown;

    private WordPieceModel(JsonField model, Vocabulary vocabulary, BitArray special)
    {
        model.AllowOnly("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        var unknown = model["unk_token"];
        _unknown = vocabulary.IdOf(unknown.String(absent: "[UNK]")) ?? throw unknown.Refuse("is not in the vocabulary");
        _longestWord = model["max_input_chars_per_word"].IsNull ? 100 : model["max_input_chars_per_word"].Number(LongestWord);
        var prefix = model["continuing_subword_prefix"].String(absent: "##");
        var tokens = Enumerable.Range(0, vocabulary.Size)
            .Where(id => !special[id] && vocabulary.TokenOf(id) is not null)
            .Select(id => (Token: vocabulary.TokenOf(id)!, Id: id))
            .ToArray();
        _starting = new TokenTrie(tokens);
        _continuing = new TokenTrie(tokens.Where(token => token.Token.StartsWith(prefix, StringComparison.Ordinal)).Select(token => (token.Token[prefix.Length..], token.Id)));
    }

    public static WordPieceModel Read(JsonField model, Vocabulary vocabulary, BitArray special) => new(model, vocabulary, special);

    public PieceEncoder NewEncoder(EncodingDeadline deadline) => new Encoder(this);

    private void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        var before = ids.Count;
        var start = 0;
        var tooLong = word.Length > _longestWord && CountCharacters(word) > _longestWord;
        while (!tooLong && start < word.Length && Longest(start == 0 ? _starting : _continuing, word[start..]) is { Length: > 0 } token)
        {
            ids.Add(token.Id);
            start += token.Length;
        }

        if (start < word.Length)
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(_unknown);
        }
    }

    private static (int Id, int Length) Longest(TokenTrie trie, ReadOnlySpan<char> text)
    {
        var longest = (Id: TokenTrie.None, Length: 0);
        var node = trie.Start(text[0]);
        for (var length = 1; node != TokenTrie.None; length++)
        {
            if (trie.IdAt(node) != TokenTrie.None)
            {
                longest = (trie.IdAt(node), length);
            }

            node = length < text.Length ? trie.Next(node, text[length]) : TokenTrie.None;
        }

        return longest;
    }

    private static int CountCharacters(ReadOnlySpan<char> word)
    {
        var count = 0;
        foreach (var _ in word.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private sealed class Encoder(WordPieceModel model) : PieceEncoder(model._cache)
    {
        protected override void EncodeNew(ReadOnlySpan<char> piece, List<int> ids) => model.Encode(piece, ids);
    }
}
