using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Inference.Formats;

namespace CocoonOrleans.Inference.Models.Vocabularies;

/// <summary>Makes tokenizer.json and tokenizer_config.json out of the keys of a GGUF file, so that there is one way only to make a tokenizer.</summary>
internal sealed class GgufVocabularyReader
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly GgufMetadata _keys;
    private readonly IReadOnlyList<string> _tokens;
    private readonly IReadOnlyList<GgufTokenType> _types;

    /// <exception cref="ModelFormatException">A key is missing, of another kind, or contradicts another one.</exception>
    private GgufVocabularyReader(GgufMetadata keys)
    {
        _keys = keys;
        _tokens = keys.Texts(VocabularyKeys.Tokens);
        if (_tokens.Count == 0)
        {
            throw keys.Bad(VocabularyKeys.Tokens, "holds no token");
        }

        _types = ReadTypes();
    }

    /// <summary>Makes the files.</summary>
    /// <exception cref="ModelFormatException">A key is missing or asks for what isn't known.</exception>
    public static GgufVocabulary Read(GgufMetadata keys)
    {
        var template = keys.Has(VocabularyKeys.ChatTemplate) ? keys.Text(VocabularyKeys.ChatTemplate) : null;
        var reader = new GgufVocabularyReader(keys);
        var model = keys.Text(VocabularyKeys.Model);
        var (begin, end) = reader.Ends(model);
        return new GgufVocabulary(reader.WholeFile() ?? Bytes(reader.TokenizerOf(model, begin, end)), Bytes(reader.Config(begin, end)), template);
    }

    private byte[]? WholeFile() => _keys.Has(VocabularyKeys.WholeFile) ? System.Text.Encoding.UTF8.GetBytes(_keys.Text(VocabularyKeys.WholeFile)) : null;

    private JsonObject TokenizerOf(string model, int? begin, int? end) => model switch
    {
        VocabularyKeys.ByteLevel => ByteLevel(begin, end),
        VocabularyKeys.SentencePiece => SentencePiece(begin, end),
        VocabularyKeys.WordPiece => WordPiece(),
        _ => throw _keys.Bad(VocabularyKeys.Model, $"{model} is not supported; {VocabularyKeys.ByteLevel}, {VocabularyKeys.SentencePiece} and {VocabularyKeys.WordPiece} are"),
    };

    private JsonObject ByteLevel(int? begin, int? end)
    {
        var name = _keys.Text(VocabularyKeys.Splitting);
        var splitting = GgufSplitting.Of(name) ?? throw _keys.Bad(VocabularyKeys.Splitting, $"{name} is not supported; {string.Join(", ", GgufSplitting.Names)} are");
        return File(
            splitting.Composes ? new JsonObject { ["type"] = "NFC" } : null,
            splitting.ToPreTokenizer(),
            new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false },
            new JsonObject
            {
                ["type"] = "BPE",
                ["ignore_merges"] = splitting.WholePieces,
                ["vocab"] = Vocabulary(),
                ["merges"] = new JsonArray([.. _keys.Texts(VocabularyKeys.Merges).Select(merge => JsonValue.Create(merge))]),
            },
            Around(begin, end, splitting.AddsBegin));
    }

    /// <summary>
    /// The file doesn't say whether case counts, and llama.cpp never lets it: a vocabulary that has capital letters was made for texts that keep them.
    /// </summary>
    private JsonObject WordPiece()
    {
        // BERT's usual ids hold where the file has no key.
        int Special(int usual, params string[] keys)
            => keys.Where(_keys.Has).Select(key => _keys.Integer(key, 0, _tokens.Count - 1)).Append(Math.Min(usual, _tokens.Count - 1)).First();
        var (unknown, first, last) = (Special(100, VocabularyKeys.Unknown), Special(101, VocabularyKeys.Class, VocabularyKeys.Begin), Special(102, VocabularyKeys.Separator, VocabularyKeys.End));
        int[] special = [unknown, first, last, Special(unknown, VocabularyKeys.Padding), Special(unknown, VocabularyKeys.Mask)];
        string Word(int id) => special.Contains(id) || IsAdded(id) ? _tokens[id]
            : _tokens[id].StartsWith(VocabularyKeys.Space, StringComparison.Ordinal) ? _tokens[id][VocabularyKeys.Space.Length..]
            : "##" + _tokens[id];
        var cased = Enumerable.Range(0, _tokens.Count).Any(id => !special.Contains(id) && !IsAdded(id) && _tokens[id].Any(char.IsUpper) && _tokens[id][0] is not ('[' or '<'));
        var vocabulary = new JsonObject();
        for (var id = 0; id < _tokens.Count; id++)
        {
            if (!vocabulary.TryAdd(Word(id), id))
            {
                throw _keys.Bad(VocabularyKeys.Tokens, $"has the token {id} twice");
            }
        }

        JsonArray Pair(int id) => [Word(id), id];
        return File(
            new JsonObject { ["type"] = "BertNormalizer", ["clean_text"] = true, ["handle_chinese_chars"] = true, ["strip_accents"] = null, ["lowercase"] = !cased },
            new JsonObject { ["type"] = "BertPreTokenizer" },
            new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            new JsonObject { ["type"] = "WordPiece", ["unk_token"] = Word(unknown), ["continuing_subword_prefix"] = "##", ["max_input_chars_per_word"] = 100, ["vocab"] = vocabulary },
            new JsonObject { ["type"] = "BertProcessing", ["sep"] = Pair(last), ["cls"] = Pair(first) });
    }

    private JsonObject SentencePiece(int? begin, int? end)
    {
        var scores = _keys.Numbers(VocabularyKeys.Scores);
        if (scores.Count != _tokens.Count || scores.Any(double.IsNaN))
        {
            throw _keys.Bad(VocabularyKeys.Scores, $"must hold one number for each of the {_tokens.Count} tokens");
        }

        // llama.cpp joins to whatever token there is; only those that are no text are left out here.
        var text = new Dictionary<string, double>();
        for (var id = 0; id < _tokens.Count; id++)
        {
            if (_types[id] is GgufTokenType.Normal or GgufTokenType.UserDefined)
            {
                text[_tokens[id]] = scores[id];
            }
        }

        var merges = SentencePieceMerges.Of(text) ?? throw _keys.Bad(VocabularyKeys.Tokens, "has tokens too long to work out how they are joined");
        var prefix = _keys.Flag(VocabularyKeys.AddsSpace, fallback: true);
        var space = new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = " " }, ["content"] = VocabularyKeys.Space };
        var decoders = new JsonArray(
            new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = VocabularyKeys.Space }, ["content"] = " " },
            new JsonObject { ["type"] = "ByteFallback" },
            new JsonObject { ["type"] = "Fuse" });
        if (prefix)
        {
            decoders.Add((JsonNode)new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 });
        }

        return File(
            prefix ? new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray(new JsonObject { ["type"] = "Prepend", ["prepend"] = VocabularyKeys.Space }, space) } : space,
            null,
            new JsonObject { ["type"] = "Sequence", ["decoders"] = decoders },
            new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = Id(VocabularyKeys.Unknown, fallback: 0) is { } unknown ? _tokens[unknown] : null,
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = Vocabulary(),
                ["merges"] = new JsonArray([.. merges.Select(merge => new JsonArray(merge.Left, merge.Right))]),
            },
            Around(begin, end, addsBegin: true));
    }

    private JsonObject File(JsonNode? normalizer, JsonNode? preTokenizer, JsonNode decoder, JsonNode model, JsonNode? postProcessor) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. Enumerable.Range(0, _tokens.Count).Where(IsAdded).Select(Added)]),
        ["normalizer"] = normalizer,
        ["pre_tokenizer"] = preTokenizer,
        ["post_processor"] = postProcessor,
        ["decoder"] = decoder,
        ["model"] = model,
    };

    private bool IsAdded(int id) => _types[id] is GgufTokenType.Control or GgufTokenType.Unknown or GgufTokenType.UserDefined;

    private JsonNode Added(int id) => new JsonObject
    {
        ["id"] = id,
        ["content"] = _tokens[id],
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = _types[id] != GgufTokenType.UserDefined,
    };

    private JsonObject Vocabulary()
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < _tokens.Count; id++)
        {
            if (!vocabulary.TryAdd(_tokens[id], id))
            {
                throw _keys.Bad(VocabularyKeys.Tokens, $"has the token {id} twice");
            }
        }

        return vocabulary;
    }

    private JsonObject? Around(int? begin, int? end, bool addsBegin)
    {
        var single = new JsonArray();
        var special = new JsonObject();
        void AddToken(string key, int? id, bool fallback)
        {
            if (_keys.Flag(key, fallback && id is not null))
            {
                var known = id ?? throw _keys.Bad(key, "is true, but there is no such token");
                single.Add((JsonNode)new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = _tokens[known], ["type_id"] = 0 } });
                special[_tokens[known]] = new JsonObject { ["id"] = _tokens[known], ["ids"] = new JsonArray(known), ["tokens"] = new JsonArray(_tokens[known]) };
            }
        }

        AddToken(VocabularyKeys.AddsBegin, begin, addsBegin);
        single.Add((JsonNode)new JsonObject { ["Sequence"] = new JsonObject { ["id"] = "A", ["type_id"] = 0 } });
        AddToken(VocabularyKeys.AddsEnd, end, fallback: false);
        return single.Count == 1 ? null : new JsonObject { ["type"] = "TemplateProcessing", ["single"] = single, ["pair"] = new JsonArray(), ["special_tokens"] = special };
    }

    private JsonObject Config(int? begin, int? end)
    {
        var config = new JsonObject();
        if (begin is { } first)
        {
            config["bos_token"] = _tokens[first];
        }

        if (end is { } last)
        {
            config["eos_token"] = _tokens[last];
        }

        return config;
    }

    // SentencePiece's usual ids hold where the file has no key.
    private (int? Begin, int? End) Ends(string model) => model == VocabularyKeys.SentencePiece
        ? (Id(VocabularyKeys.Begin, fallback: 1), Id(VocabularyKeys.End, fallback: 2))
        : (Id(VocabularyKeys.Begin, fallback: null), Id(VocabularyKeys.End, fallback: null));

    private int? Id(string key, int? fallback)
        => _keys.Has(key) ? _keys.Integer(key, 0, _tokens.Count - 1)
            : fallback is { } id && id < _tokens.Count && _types[id] is GgufTokenType.Control or GgufTokenType.Unknown ? fallback : null;

    private GgufTokenType[] ReadTypes()
    {
        if (!_keys.Has(VocabularyKeys.Types))
        {
            return [.. Enumerable.Repeat(GgufTokenType.Normal, _tokens.Count)];
        }

        var types = _keys.Integers(VocabularyKeys.Types);
        return types.Count == _tokens.Count && types.All(type => type is >= (long)GgufTokenType.Normal and <= (long)GgufTokenType.Byte)
            ? [.. types.Select(type => (GgufTokenType)type)]
            : throw _keys.Bad(VocabularyKeys.Types, $"must hold one number from 1 to 6 for each of the {_tokens.Count} tokens");
    }

    private static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Json);
}
