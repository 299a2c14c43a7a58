using System.Collections;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tokenization.BytePairs;
using CocoonOrleans.Tokenization.Detokenizing;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Normalization;
using CocoonOrleans.Tokenization.Splitting;

namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>
/// A model's tokenizer, read from Hugging Face's <c>tokenizer.json</c> and <c>tokenizer_config.json</c>: byte-level BPE and SentencePiece-style BPE with
/// byte fallback. A step that it doesn't know is refused, never skipped. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private readonly TextNormalizers _normalizers;
    private readonly PreTokenizer _preTokenizer;
    private readonly BytePairModel _model;
    private readonly AddedTokens _added;
    private readonly SpecialTokensAround _around;

    private Tokenizer(JsonField file, JsonField config)
    {
        file.AllowOnly("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        _normalizers = TextNormalizers.Read(file["normalizer"]);
        _preTokenizer = PreTokenizer.Read(file["pre_tokenizer"]);
        var vocabulary = Vocabulary.Read(file["model"]["vocab"]);
        var added = AddedTokens.Read(file["added_tokens"], vocabulary, _normalizers);
        BeginOfTextId = ReadConfigured(config, "bos_token", vocabulary);
        EndOfTextId = ReadConfigured(config, "eos_token", vocabulary);
        var special = FindSpecial(vocabulary, added);
        _added = new AddedTokens([.. added.Select(token => token with { Special = special[token.Id] })]);
        _model = BytePairModel.Read(file["model"], vocabulary, special, _preTokenizer.ByteLevel);
        _around = SpecialTokensAround.Read(file["post_processor"], vocabulary);
        TokenBytes = TokenBytes.Read(file["decoder"], vocabulary, special);
    }

    /// <summary>The highest id plus one, added tokens included; there may be ids below that no token has.</summary>
    public int VocabularySize => _model.Vocabulary.Size;

    /// <summary>Id of <c>bos_token</c>; null where the config names none.</summary>
    public int? BeginOfTextId { get; }

    /// <summary>Id of <c>eos_token</c>, which ends an answer; null where the config names none.</summary>
    public int? EndOfTextId { get; }

    internal TokenBytes TokenBytes { get; }

    /// <summary>Loads <c>tokenizer.json</c> and, where it is present, <c>tokenizer_config.json</c> from a model's folder.</summary>
    /// <exception cref="TokenizerFormatException">A file is missing, too large, malformed, or asks for something that isn't supported; the message names it.</exception>
    public static Tokenizer Load(string folder) =>
        Load(ModelFile.Read(folder, ModelFile.Tokenizer), ModelFile.ReadIfPresent(folder, ModelFile.Config) ?? ReadOnlyMemory<byte>.Empty);

    /// <summary>Loads from the bytes of the two files; an empty <paramref name="tokenizerConfigJson"/> stands for none.</summary>
    /// <exception cref="TokenizerFormatException">A file is too large, malformed, or asks for something that isn't supported; the message names it.</exception>
    public static Tokenizer Load(ReadOnlyMemory<byte> tokenizerJson, ReadOnlyMemory<byte> tokenizerConfigJson)
    {
        using var file = ModelFile.Parse(ModelFile.Tokenizer, tokenizerJson);
        using var config = ModelFile.Parse(ModelFile.Config, tokenizerConfigJson.IsEmpty ? "{}"u8.ToArray() : tokenizerConfigJson);
        return new Tokenizer(new JsonField(ModelFile.Tokenizer, "", file.RootElement), new JsonField(ModelFile.Config, "", config.RootElement));
    }

    /// <summary>
    /// The ids of a text. No part of it ever becomes a special token, whatever it says. Halves of surrogate pairs become U+FFFD.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecialTokens">Whether to put around it what the model's post-processor says, such as the begin-of-text token.</param>
    /// <exception cref="TokenizerFormatException">A splitting pattern of the model's file or its added tokens took longer than ten seconds on this text.</exception>
    public int[] Encode(string text, bool addSpecialTokens)
    {
        var ids = new List<int>(text.Length / 3);
        if (addSpecialTokens)
        {
            ids.AddRange(_around.Before);
        }

        Encode(text, isSpecialAllowedUntil: static _ => 0, ids);
        if (addSpecialTokens)
        {
            ids.AddRange(_around.After);
        }

        return [.. ids];
    }

    /// <summary>How many ids <see cref="Encode(string, bool)"/> gives without special tokens.</summary>
    /// <exception cref="TokenizerFormatException">As for <see cref="Encode(string, bool)"/>.</exception>
    public int Count(string text)
    {
        var ids = new List<int>(text.Length / 3);
        Encode(text, isSpecialAllowedUntil: static _ => 0, ids);
        return ids.Count;
    }

    /// <summary>The text of these ids. Special tokens and ids that no token has give none; bytes that aren't UTF-8 give U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var text = new StringBuilder(ids.Length * 4);
        var decoder = new TokenTextDecoder(TokenBytes);
        foreach (var id in ids)
        {
            decoder.Append(id, text);
        }

        decoder.Flush(text);
        return text.ToString();
    }

    /// <summary>The id of a token as the vocabulary writes it; null if there is no such token.</summary>
    public int? IdOf(string token) => _model.Vocabulary.IdOf(token);

    /// <summary>The token of an id as the vocabulary writes it; null if no token has it.</summary>
    public string? TokenOf(int id) => _model.Vocabulary.TokenOf(id);

    /// <summary>
    /// The bytes of UTF-8 that an id adds to a text; a character may be spread over several ids. None for a special token and for an id that no token has.
    /// </summary>
    public ReadOnlySpan<byte> BytesOf(int id) => TokenBytes.Of(id);

    /// <summary>Whether an id is a special token: a mark of structure such as end of text, never part of the text.</summary>
    public bool IsSpecial(int id) => TokenBytes.IsSpecial(id);

    /// <summary>Adds the ids of a text of which some parts may hold special tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isSpecialAllowedUntil">For a place in the text: up to which place a special token that starts there may reach.</param>
    /// <param name="ids">Where the ids go.</param>
    internal void Encode(string text, Func<int, int> isSpecialAllowedUntil, List<int> ids)
    {
        text = WithoutHalfPairs(text);
        var work = new Work(_model.NewMerger(), SplittingDeadline.Start());
        var (start, from) = (0, 0);
        while (from < text.Length)
        {
            var next = _added.IndexOfNext(text.AsSpan(from));
            if (next < 0)
            {
                break;
            }

            from += next;
            if (_added.Longest(text.AsSpan(from), isSpecialAllowedUntil(from) - from) is not { } token)
            {
                from++;
                work.Deadline.Check();
                continue;
            }

            EncodeOrdinary(text[start..from], work, ids);
            ids.Add(token.Id);
            from += token.Content.Length;
            start = from;
            work.Deadline.Check();
        }

        EncodeOrdinary(text[start..], work, ids);
    }

    private void EncodeOrdinary(string text, Work work, List<int> ids)
    {
        if (text.Length == 0)
        {
            return;
        }

        text = _normalizers.Normalize(text);
        if (_preTokenizer.AddsPrefixSpace && !text.StartsWith(' '))
        {
            text = " " + text;
        }

        work.Pieces.Clear();
        _preTokenizer.Split(new CategoryText(text), work.Deadline, work.Pieces);
        foreach (var piece in work.Pieces)
        {
            _model.Encode(text.AsSpan(piece.Start, piece.Length), work.Merger, ids);
        }
    }

    private static string WithoutHalfPairs(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(rune);
        }

        return clean.ToString();
    }

    /// <summary>Whatever begins or ends a text is special, even where the file forgets to say so.</summary>
    private BitArray FindSpecial(Vocabulary vocabulary, List<AddedToken> added)
    {
        var special = new BitArray(vocabulary.Size);
        foreach (var id in added.Where(token => token.Special).Select(token => token.Id).Concat(new[] { BeginOfTextId, EndOfTextId }.OfType<int>()))
        {
            special[id] = true;
        }

        return special;
    }

    private static int? ReadConfigured(JsonField config, string name, Vocabulary vocabulary)
    {
        var field = config[name];
        if (field.IsNull)
        {
            return null;
        }

        var token = field.Element.ValueKind == JsonValueKind.Object ? field["content"] : field;
        return vocabulary.IdOf(token.String()) ?? throw token.Refuse($"{JsonField.Quote(token.String())} is not in the vocabulary");
    }

    /// <summary>What one call of encode works with.</summary>
    private sealed record Work(PairMerger Merger, SplittingDeadline Deadline)
    {
        public List<PieceSpan> Pieces { get; } = [];
    }
}
