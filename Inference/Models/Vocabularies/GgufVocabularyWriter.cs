using System.Text;
using System.Text.Json;
using CocoonOrleans.Inference.Formats;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Inference.Models.Vocabularies;

/// <summary>Adds a model's tokenizer to a GGUF file, as far as llama.cpp's keys can say it; where they can't, tokenizer.json itself goes along for other readers.</summary>
internal sealed class GgufVocabularyWriter
{
    private readonly GgufFileWriter _file;
    private readonly JsonElement _json;
    private readonly Tokenizer _tokenizer;
    private readonly int _size;
    private readonly HashSet<int> _added;
    private string? _unsaid;

    private GgufVocabularyWriter(GgufFileWriter file, JsonElement json, Tokenizer tokenizer, int size)
    {
        (_file, _json, _tokenizer, _size) = (file, json, tokenizer, size);
        _added = json.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array
            ? [.. added.EnumerateArray().Select(token => token.GetProperty("id").GetInt32())]
            : [];
    }

    private JsonElement Model => _json.GetProperty("model");

    /// <summary>Adds the keys.</summary>
    /// <returns>What the keys can't say; null where they say all.</returns>
    /// <exception cref="ModelFormatException">The tokenizer can't be used, or is none that llama.cpp's decoders have.</exception>
    public static string? Add(GgufFileWriter file, ModelFolder model, int vocabularySize)
    {
        var chat = model.Chat();
        if (chat.Tokenizer.VocabularySize > vocabularySize)
        {
            throw new ModelFormatException(TokenizerFiles.Tokenizer, "vocabulary", $"has {chat.Tokenizer.VocabularySize} ids, but the weights know {vocabularySize}");
        }

        using var document = JsonDocument.Parse(chat.Files.TokenizerJson);
        var writer = new GgufVocabularyWriter(file, document.RootElement, chat.Tokenizer, vocabularySize);
        writer.AddAll();
        if (chat.TemplateSource is { } template)
        {
            file.Add(VocabularyKeys.ChatTemplate, template);
        }

        if (writer._unsaid is not null)
        {
            file.Add(VocabularyKeys.WholeFile, Encoding.UTF8.GetString(chat.Files.TokenizerJson.Span));
        }

        return writer._unsaid;
    }

    private void AddAll()
    {
        if (GgufSplitting.Type(Model) is not ("BPE" or "WordPiece" or "") and var type)
        {
            throw new ModelFormatException(TokenizerFiles.Tokenizer, "model.type", $"{type} is not written for llama.cpp; BPE and WordPiece are");
        }

        if (GgufSplitting.Type(Model) == "WordPiece")
        {
            AddWordPiece();
            return;
        }

        if (GgufSplitting.StepsOf(_json, "pre_tokenizer", "pretokenizers").Any(step => GgufSplitting.Type(step) == "ByteLevel"))
        {
            AddByteLevel();
        }
        else
        {
            AddSentencePiece();
        }

        AddIds();
        if (HasTokensThatStrip())
        {
            _unsaid ??= "llama.cpp has no key for tokens that take spaces beside them along: compare ids, not texts";
        }
    }

    private void AddByteLevel()
    {
        var splitting = GgufSplitting.Of(_json);
        _unsaid = splitting is null ? "llama.cpp has no name for how this tokenizer cuts a text: compare ids, not texts" : null;
        _file.Add(VocabularyKeys.Model, VocabularyKeys.ByteLevel);
        _file.Add(VocabularyKeys.Splitting, splitting?.Name ?? "default");
        AddTokens(id => _added.Contains(id) ? GgufTokenType.UserDefined : GgufTokenType.Normal);
        _file.Add(VocabularyKeys.Merges, Merges().ConvertAll(merge => $"{merge.Left} {merge.Right}"));
    }

    private void AddWordPiece()
    {
        var around = _tokenizer.Encode("", addSpecialTokens: true);
        var unknown = Model.TryGetProperty("unk_token", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "[UNK]";
        int[] special = [.. around, .. ((string[])[unknown, "[PAD]", "[MASK]"]).Select(_tokenizer.IdOf).OfType<int>()];
        bool IsWhole(int id) => special.Contains(id) || _added.Contains(id);
        _file.Add(VocabularyKeys.Model, VocabularyKeys.WordPiece);
        _file.Add(VocabularyKeys.Splitting, "default");
        _file.Add(VocabularyKeys.Tokens, [.. Enumerable.Range(0, _size).Select(id => _tokenizer.TokenOf(id) is not { } token ? $"[PAD{id}]"
            : IsWhole(id) ? token
            : token.StartsWith("##", StringComparison.Ordinal) ? token[2..]
            : VocabularyKeys.Space + token)]);
        _file.Add(VocabularyKeys.Types, [.. Enumerable.Range(0, _size).Select(id => (int)(
            _tokenizer.TokenOf(id) is null ? GgufTokenType.Unused : IsWhole(id) ? GgufTokenType.Control : GgufTokenType.Normal))]);
        _file.Add(VocabularyKeys.Unknown, _tokenizer.IdOf(unknown) ?? 0);
        if (_tokenizer.IdOf("[PAD]") is { } padding)
        {
            _file.Add(VocabularyKeys.Padding, padding);
        }

        if (_tokenizer.IdOf("[MASK]") is { } mask)
        {
            _file.Add(VocabularyKeys.Mask, mask);
        }

        if (around is [var first, var last])
        {
            _file.Add(VocabularyKeys.Begin, first);
            _file.Add(VocabularyKeys.Class, first);
            _file.Add(VocabularyKeys.End, last);
            _file.Add(VocabularyKeys.Separator, last);
        }

        // llama.cpp lower-cases every text, and keeps accents.
        _unsaid = around.Length == 2 && GgufSplitting.StepsOf(_json, "normalizer", "normalizers").Exists(step => GgufSplitting.Type(step) == "BertNormalizer"
            && !(step.TryGetProperty("lowercase", out var lowercase) && lowercase.ValueKind == JsonValueKind.False))
            ? null
            : "llama.cpp does other things to a text before it is cut: compare ids, not texts";
    }

    private void AddSentencePiece()
    {
        _file.Add(VocabularyKeys.Model, VocabularyKeys.SentencePiece);
        _file.Add(VocabularyKeys.Splitting, "default");
        AddTokens(TypeOf);

        // The first pair that makes a token gives it its score; whether that says the same is then asked the other way round.
        var merges = Merges();
        var scores = new Dictionary<string, double>();
        foreach (var (left, right) in merges)
        {
            scores.TryAdd(left + right, -1 - scores.Count);
        }

        float Score(int id) => _tokenizer.TokenOf(id) is { } token && scores.TryGetValue(token, out var score) ? (float)score : 0;
        _file.Add(VocabularyKeys.Scores, [.. Enumerable.Range(0, _size).Select(Score)]);
        var text = Enumerable.Range(0, _size)
            .Where(id => _tokenizer.TokenOf(id) is not null && !_tokenizer.IsSpecial(id) && TypeOf(id) is GgufTokenType.Normal or GgufTokenType.UserDefined)
            .ToDictionary(id => _tokenizer.TokenOf(id)!, id => scores.GetValueOrDefault(_tokenizer.TokenOf(id)!));
        var (prefix, known) = Normalizers();
        _file.Add(VocabularyKeys.AddsSpace, prefix);
        _unsaid = !known ? "llama.cpp has no key for what this tokenizer does to a text first: compare ids, not texts"
            : SentencePieceMerges.Of(text) is { } found && found.ToHashSet().SetEquals(merges) ? null
            : "this tokenizer joins other pairs than scores can say: compare ids, not texts";
    }

    private (bool Prefix, bool Known) Normalizers()
    {
        var steps = GgufSplitting.StepsOf(_json, "normalizer", "normalizers").Select(GgufSplitting.Type).ToList();

        // Gemma's cuts at spaces, of which there are none left by then.
        var cuts = GgufSplitting.StepsOf(_json, "pre_tokenizer", "pretokenizers").Exists(step => GgufSplitting.Type(step) != "Split"
            || !step.GetProperty("pattern").TryGetProperty("String", out var space) || space.GetString() != " ");
        return (steps.Contains("Prepend"), steps is ["Prepend", "Replace"] or ["Replace"] && !cuts);
    }

    // Such as Phi-3's, which swallow the spaces behind them.
    private bool HasTokensThatStrip()
        => _added.Count > 0 && _json.GetProperty("added_tokens").EnumerateArray().Any(token
            => ((string[])["lstrip", "rstrip", "single_word"]).Any(option => token.TryGetProperty(option, out var strips) && strips.ValueKind == JsonValueKind.True));

    private GgufTokenType TypeOf(int id)
    {
        var token = _tokenizer.TokenOf(id)!;
        return Model.TryGetProperty("unk_token", out var unknown) && unknown.ValueKind == JsonValueKind.String && unknown.GetString() == token ? GgufTokenType.Unknown
            : token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[^1] == '>' ? GgufTokenType.Byte
            : _added.Contains(id) ? GgufTokenType.UserDefined
            : GgufTokenType.Normal;
    }

    private void AddTokens(Func<int, GgufTokenType> typeOf)
    {
        // Ids that no token has need a name all the same: llama.cpp takes the number of tokens for that of the embedding's rows.
        _file.Add(VocabularyKeys.Tokens, [.. Enumerable.Range(0, _size).Select(id => _tokenizer.TokenOf(id) ?? $"[PAD{id}]")]);
        _file.Add(VocabularyKeys.Types, [.. Enumerable.Range(0, _size).Select(id => (int)(
            _tokenizer.TokenOf(id) is null ? GgufTokenType.Unused : typeOf(id) is var type && _tokenizer.IsSpecial(id) && type != GgufTokenType.Unknown ? GgufTokenType.Control : type))]);
    }

    private void AddIds()
    {
        var around = _tokenizer.Encode("", addSpecialTokens: true);
        var (begin, end) = (_tokenizer.BeginOfTextId, _tokenizer.EndOfTextId);
        var addsBegin = begin is { } first && around.FirstOrDefault(-1) == first;
        var addsEnd = end is { } last && around.Length > (addsBegin ? 1 : 0) && around[^1] == last;
        if (around.Length != (addsBegin ? 1 : 0) + (addsEnd ? 1 : 0))
        {
            _unsaid ??= "llama.cpp has no key for all the tokens that this tokenizer puts around a text: compare ids, not texts";
        }

        if (begin is { } beginId)
        {
            _file.Add(VocabularyKeys.Begin, beginId);
        }

        if (end is { } endId)
        {
            _file.Add(VocabularyKeys.End, endId);
        }

        _file.Add(VocabularyKeys.AddsBegin, addsBegin);
        _file.Add(VocabularyKeys.AddsEnd, addsEnd);
        if (Model.TryGetProperty("unk_token", out var unknown) && unknown.ValueKind == JsonValueKind.String && _tokenizer.IdOf(unknown.GetString()!) is { } unknownId)
        {
            _file.Add(VocabularyKeys.Unknown, unknownId);
        }
    }

    // The tokenizer was made of the same list, so that it is well formed.
    private List<(string Left, string Right)> Merges()
    {
        if (!Model.TryGetProperty("merges", out var merges) || merges.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return [.. merges.EnumerateArray().Select(merge => merge.ValueKind == JsonValueKind.Array
            ? (merge[0].GetString()!, merge[1].GetString()!)
            : merge.GetString()!.Split(' ') is var parts ? (parts[0], parts[1]) : default)];
    }
}
