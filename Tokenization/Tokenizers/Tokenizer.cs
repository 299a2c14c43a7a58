using System.Collections;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tokenization.Detokenizing;
using CocoonOrleans.Tokenization.Files;
using CocoonOrleans.Tokenization.Models;
using CocoonOrleans.Tokenization.Normalization;
using CocoonOrleans.Tokenization.Splitting;

namespace CocoonOrleans.Tokenization.Tokenizers;

/// <summary>
/// A model's tokenizer, read from Hugging Face's <c>tokenizer.json</c> and <c>tokenizer_config.json</c>: BPE (of bytes, or of characters with byte
/// fallback), WordPiece and Unigram. It does what Hugging Face's tokenizers library does; a step that it doesn't know is refused, never skipped. Thread-safe.
/// </summary>
public sealed class Tokenizer
{
    private readonly TextNormalizers _normalizers;
    private readonly PreTokenizer _preTokenizer;
    private readonly Vocabulary _vocabulary;
    private readonly ITokenModel _model;
    private readonly AddedTokens _added;
    private readonly AddedTokens _addedAfterNormalizing;
    private readonly SpecialTokensAround _around;

    private Tokenizer(JsonField file, JsonField config)
    {
        file.AllowOnly("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        var models = new TokenModels(file["model"]);
        _vocabulary = models.Vocabulary;
        _normalizers = TextNormalizers.Read(file["normalizer"]);
        _preTokenizer = PreTokenizer.Read(file["pre_tokenizer"], models.ReadsBytes);
        var added = AddedTokens.Read(file["added_tokens"], _vocabulary, _normalizers);
        BeginOfTextId = ReadConfigured(config, "bos_token", _vocabulary);
        EndOfTextId = ReadConfigured(config, "eos_token", _vocabulary);
        var special = FindSpecial(_vocabulary, added);
        var tokens = added.Select(token => token.Special == special[token.Id] ? token : token.AsSpecial(file["added_tokens"], _vocabulary)).ToArray();
        _added = new AddedTokens(file["added_tokens"], [.. tokens.Where(token => !token.Normalized)]);
        _addedAfterNormalizing = new AddedTokens(file["added_tokens"], [.. tokens.Where(token => token.Normalized)]);
        _model = models.Read(special, _preTokenizer.ByteLevel);
        _around = SpecialTokensAround.Read(file["post_processor"], _vocabulary);
        TokenBytes = TokenBytes.Read(file["decoder"], _vocabulary, special);
    }

    /// <summary>The highest id plus one, added tokens included; there may be ids below that no token has.</summary>
    public int VocabularySize => _vocabulary.Size;

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
    /// <exception cref="TokenizerFormatException">The model's file took longer than ten seconds on this text, or made it far too long.</exception>
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
    public int? IdOf(string token) => _vocabulary.IdOf(token);

    /// <summary>The token of an id as the vocabulary writes it; null if no token has it.</summary>
    public string? TokenOf(int id) => _vocabulary.TokenOf(id);

    /// <summary>
    /// The bytes of UTF-8 that an id adds inside a text, with others before and after; a character may be spread over several ids. None for a special
    /// token and for an id that no token has.
    /// </summary>
    public ReadOnlySpan<byte> BytesOf(int id) => TokenBytes.IsText(id) ? TokenBytes.Inside(id) : [];

    /// <summary>Whether an id is a special token: a mark of structure such as end of text, never part of the text.</summary>
    public bool IsSpecial(int id) => TokenBytes.IsSpecial(id);

    /// <summary>Adds the ids of a text of which some parts may hold special tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isSpecialAllowedUntil">For a place in the text: up to which place a special token that starts there may reach.</param>
    /// <param name="ids">Where the ids go.</param>
    internal void Encode(string text, Func<int, int> isSpecialAllowedUntil, List<int> ids)
    {
        text = WithoutHalfPairs(text);
        var deadline = EncodingDeadline.Start();
        var encoder = _model.NewEncoder(deadline);
        foreach (var part in _added.Cut(text, isSpecialAllowedUntil, deadline))
        {
            if (part.Token is { } token)
            {
                ids.Add(token.Id);
            }
            else
            {
                EncodeOrdinary(text[part.Start..part.End], isStart: part.Start == 0, deadline, encoder, ids);
            }
        }
    }

    private void EncodeOrdinary(string text, bool isStart, EncodingDeadline deadline, PieceEncoder encoder, List<int> ids)
    {
        text = _normalizers.Normalize(text, deadline);
        foreach (var part in _addedAfterNormalizing.Cut(text, isSpecialAllowedUntil: static _ => 0, deadline))
        {
            if (part.Token is { } token)
            {
                ids.Add(token.Id);
                continue;
            }

            var pieces = new PieceText(text[part.Start..part.End], isStart && part.Start == 0);
            _preTokenizer.Split(pieces, deadline);
            foreach (var piece in pieces.Pieces)
            {
                encoder.Encode(pieces.Of(piece), ids);
            }
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
}
