using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Tests.Unit.Tokenization.References;
using CocoonOrleans.Tokenization.BytePairs;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization;

/// <summary>Tokenizers small enough to read: all bytes, a few merges, two special tokens.</summary>
internal static class SmallTokenizers
{
    public const string Config = """{"bos_token": "<|start|>", "eos_token": "<|end|>"}""";

    /// <summary>Ids 0 to 255 are the bytes; then "he", "ll", "hell"; then &lt;|start|>, &lt;|end|> (special), &lt;note> (not special).</summary>
    public static JsonObject ByteLevelJson()
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < 256; value++)
        {
            vocabulary.Add(ByteAlphabet.CharacterOf((byte)value).ToString(), value);
        }

        return Json(
            vocabulary,
            byteFallback: false,
            """
            {"normalizer": null, "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "post_processor": null, "decoder": {"type": "ByteLevel"}}
            """);
    }

    /// <summary>Ids 0 to 255 are &lt;0x00> and so on; then the letters of "hel▁", "he", "ll", "hell"; then as above.</summary>
    public static JsonObject SentencePieceJson()
    {
        var vocabulary = new JsonObject();
        for (var value = 0; value < 256; value++)
        {
            vocabulary.Add($"<0x{value:X2}>", value);
        }

        foreach (var letter in "hel▁")
        {
            vocabulary.Add(letter.ToString(), vocabulary.Count);
        }

        return Json(
            vocabulary,
            byteFallback: true,
            """
            {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
             "pre_tokenizer": null,
             "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<|start|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
               "special_tokens": {"<|start|>": {"id": "<|start|>", "ids": [263], "tokens": ["<|start|>"]}}},
             "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
               {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}}
            """);
    }

    /// <summary>BERT's steps and a few words; ids 0 to 2 are special.</summary>
    public static JsonObject WordPieceJson() => WithModel(
        """{"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}""",
        new JsonObject(new[] { "[UNK]", "<|start|>", "<|end|>", "hell", "##o", "he", "##ll", ".", "n", "'", "##t", "你", "f", "##i", "do", "not" }.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
        """
        {"normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["<|end|>", 2], "cls": ["<|start|>", 1]},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true}}
        """);

    /// <summary>T5's steps and a few pieces; ids 0 to 2 are special.</summary>
    public static JsonObject UnigramJson() => WithModel(
        """{"type": "Unigram", "unk_id": 0, "byte_fallback": false}""",
        new JsonArray([.. new[] { "<unk>", "<|start|>", "<|end|>", "▁", "▁he", "ll", "o", "h", "e", "l", ".", "▁hell", "fi", "é", "c", "a", "b" }.Select((token, id) => (JsonNode)new JsonArray(token, id < 3 ? 0 : -2.5 - id / 4.0))]),
        $$"""
        {"normalizer": {"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": "{{MadeCharsMap.Base64(small: true)}}"}, {"type": "Strip", "strip_left": false, "strip_right": true},
          {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]},
         "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
         "post_processor": null,
         "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true} }
        """);

    /// <summary>A tokenizer of a few words whose decoder is the one given.</summary>
    public static Tokenizer WithDecoder(string decoder)
    {
        var file = WithModel(
            """{"type": "WordPiece", "unk_token": "[UNK]"}""",
            new JsonObject(new[] { "[UNK]", "<|start|>", "<|end|>", "▁a", "▁", "b▁▁", "##c", "d</w>", "e", " ", "  f  ", "<0xC3>", "<0xA9>", "<0x20>", ".", "'", "s", "g h", "é" }.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))),
            """{"normalizer": null, "pre_tokenizer": null, "post_processor": null}""");
        file["decoder"] = JsonNode.Parse(decoder);
        return Load(file);
    }

    public static Tokenizer ByteLevel() => Load(ByteLevelJson());

    public static Tokenizer SentencePiece() => Load(SentencePieceJson());

    public static Tokenizer Load(JsonNode file, string config = Config) => Tokenizer.Load(JsonSerializer.SerializeToUtf8Bytes(file), Encoding.UTF8.GetBytes(config));

    private static JsonObject WithModel(string model, JsonNode vocabulary, string steps)
    {
        var file = JsonNode.Parse(steps)!.AsObject();
        file["added_tokens"] = new JsonArray(Added(1, "<|start|>", special: true), Added(2, "<|end|>", special: true));
        file["model"] = JsonNode.Parse(model);
        file["model"]!["vocab"] = vocabulary;
        return file;
    }

    private static JsonObject Json(JsonObject vocabulary, bool byteFallback, string steps)
    {
        foreach (var token in new[] { "he", "ll", "hell" })
        {
            vocabulary.Add(token, vocabulary.Count);
        }

        var file = JsonNode.Parse(steps)!.AsObject();
        file["added_tokens"] = new JsonArray(
            Added(vocabulary.Count, "<|start|>", special: true), Added(vocabulary.Count + 1, "<|end|>", special: true), Added(vocabulary.Count + 2, "<note>", special: false));
        file["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["byte_fallback"] = byteFallback,
            ["vocab"] = vocabulary,
            ["merges"] = new JsonArray("h e", "l l", "he ll"),
        };
        return file;
    }

    private static JsonObject Added(int id, string content, bool special) =>
        new() { ["id"] = id, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = special };
}
