using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Tokenizers;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Tokenizers;

public sealed class TokenizerFormatTests
{
    [Theory]
    [InlineData("normalizer", """{"type": "Uppercase"}""", "normalizer.type")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Append"}]}""", "normalizer.normalizers[1].type")]
    [InlineData("normalizer", """{"type": "NFC", "strict": true}""", "normalizer")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "a++"}, "content": "b"}""", "normalizer.pattern.Regex")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "a+"}, "content": "bbbbb"}""", "normalizer")]
    [InlineData("normalizer", """{"type": "BertNormalizer", "lowercase": "yes"}""", "normalizer.lowercase")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": null}""", "normalizer.precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "*"}""", "normalizer.precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": ""}""", "normalizer.precompiled_charsmap")]
    [InlineData("normalizer", """{"type": "Precompiled", "precompiled_charsmap": "/////w=="}""", "normalizer.precompiled_charsmap")]
    [InlineData("pre_tokenizer", """{"type": "UnicodeScripts"}""", "pre_tokenizer.type")]
    [InlineData("pre_tokenizer", """{"type": "FixedLength", "length": 5}""", "pre_tokenizer.type")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "ab"}""", "pre_tokenizer.replacement")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "_", "prepend_scheme": "last"}""", "pre_tokenizer.prepend_scheme")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "_", "prepend_scheme": "first", "add_prefix_space": false}""", "pre_tokenizer.add_prefix_space")]
    [InlineData("pre_tokenizer", """{"type": "CharDelimiterSplit", "delimiter": ""}""", "pre_tokenizer.delimiter")]
    [InlineData("pre_tokenizer", """{"type": "Punctuation", "behavior": "Dropped"}""", "pre_tokenizer.behavior")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.String")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a++"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "[a&&b]"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "^a"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a"}, "behavior": "isolated"}""", "pre_tokenizer.behavior")]
    [InlineData("post_processor", """{"type": "PairProcessing"}""", "post_processor.type")]
    [InlineData("post_processor", """{"type": "BertProcessing", "cls": ["<|start|>", 259], "sep": ["<|end|>", 261]}""", "post_processor.sep")]
    [InlineData("post_processor", """{"type": "RobertaProcessing", "cls": "<|start|>", "sep": ["<|end|>", 260]}""", "post_processor.cls")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"x": {"ids": [999]}}}""", "post_processor.special_tokens.x.ids[0]")]
    [InlineData("decoder", "null", "decoder")]
    [InlineData("decoder", """{"type": "CTC", "pad_token": "a", "word_delimiter_token": "b", "cleanup": true}""", "decoder")]
    [InlineData("decoder", """{"type": "Replace", "pattern": {"Regex": "a"}, "content": "b"}""", "decoder.pattern")]
    [InlineData("decoder", """{"type": "BPEDecoder", "suffix": ""}""", "decoder.suffix")]
    [InlineData("decoder", """{"type": "BPEDecoder", "suffix": "e"}""", "decoder")]
    [InlineData("decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Metaspace", "replacement": "_"}]}""", "decoder.decoders[1]")]
    [InlineData("decoder", """{"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "WordPiece"}]}""", "decoder.decoders[1]")]
    [InlineData("decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "CTC"}]}""", "decoder.decoders[1]")]
    [InlineData("decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 0, "stop": 17}]}""", "decoder.decoders[1].stop")]
    [InlineData("added_tokens", """[{"id": 300, "content": "xx", "rstrip": 1}]""", "added_tokens[0].rstrip")]
    [InlineData("added_tokens", """[{"id": 97, "content": "x"}]""", "added_tokens[0]")]
    [InlineData("added_tokens", """[{"id": 1048576, "content": "x"}]""", "added_tokens[0].id")]
    [InlineData("added_tokens", """[{"id": 300, "content": ""}]""", "added_tokens[0].content")]
    [InlineData("model", "null", "model")]
    [InlineData("new_part", "{}", "")]
    public void Load_PartThatIsNotSupported_NamesTheField(string part, string json, string field)
    {
        var file = SmallTokenizers.ByteLevelJson();
        file[part] = JsonNode.Parse(json);

        AssertRefused(file, field);
    }

    [Theory]
    [InlineData("normalizer", "normalizers", """{"type": "Replace", "pattern": {"String": "a"}, "content": "aaa"}""", 2, "normalizer")]
    [InlineData("normalizer", "normalizers", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFKC"}]}""", 9, "normalizer.normalizers[8]")]
    [InlineData("normalizer", "normalizers", """{"type": "Replace", "pattern": {"String": "aaaaaaaaaaaaaaaaa"}, "content": "a"}""", 1, "normalizer.normalizers[0].pattern.String")]
    [InlineData("normalizer", "normalizers", """{"type": "Prepend", "prepend": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""", 1, "normalizer.normalizers[0].prepend")]
    [InlineData("pre_tokenizer", "pretokenizers", """{"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "Digits"}]}""", 9, "pre_tokenizer.pretokenizers[8].pretokenizers[0]")]
    [InlineData("post_processor", "processors", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"x": {"ids": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}}}""", 7, "post_processor.processors[6].single")]
    [InlineData("decoder", "decoders", """{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaaa"}""", 1, "decoder.decoders[0].content")]
    [InlineData("decoder", "decoders", """{"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaaaaaaaa"}""", 15, "decoder")]
    public void Load_StepsThatTogetherAskForTooMuch_NameTheField(string part, string list, string step, int times, string field)
    {
        var file = SmallTokenizers.ByteLevelJson();
        var last = part == "decoder" ? """, {"type": "Fuse"}""" : "";
        file[part] = JsonNode.Parse($$"""{"type": "Sequence", "{{list}}": [{{string.Join(", ", Enumerable.Repeat(step, times))}}{{last}}]}""");

        AssertRefused(file, field);
    }

    [Fact]
    public void Load_AddedTokensOfTooManyCharacters_AreRefused()
    {
        var file = SmallTokenizers.ByteLevelJson();
        var tokens = file["added_tokens"]!.AsArray();
        for (var i = 0; i < 200; i++)
        {
            tokens.Add(new JsonObject { ["id"] = 300 + i, ["content"] = $"{i}{new string('x', 4_000)}" });
        }

        AssertRefused(file, "added_tokens");
    }

    [Theory]
    [InlineData("type", "\"WordLevel\"", "model.type")]
    [InlineData("type", "\"Unigram\"", "model.vocab")]
    [InlineData("type", "\"WordPiece\"", "model")]
    [InlineData("dropout", "0.1", "model.dropout")]
    [InlineData("dropout", "1e999", "model.dropout")]
    [InlineData("end_of_word_suffix", "\"</w>\"", "model.unk_token")]
    [InlineData("end_of_word_suffix", "5", "model.end_of_word_suffix")]
    [InlineData("continuing_subword_prefix", "\"##\"", "model.unk_token")]
    [InlineData("unk_token", "\"<nope>\"", "model.unk_token")]
    [InlineData("merges", "[\"h e\", \"h q\"]", "model.merges[1]")]
    [InlineData("merges", "[\"h\"]", "model.merges[0]")]
    [InlineData("merges", "[[\"h\", \"e\", \"l\"]]", "model.merges[0]")]
    [InlineData("merges", "5", "model.merges")]
    [InlineData("vocab", "{\"a\": 0, \"b\": 0}", "model.vocab")]
    [InlineData("vocab", "{\"a\": -1}", "model.vocab")]
    [InlineData("vocab", "{\"a\": 0}", "model.vocab")]
    [InlineData("vocab", "[]", "model.vocab")]
    [InlineData("other", "1", "model")]
    public void Load_ModelThatIsNotSupported_NamesTheField(string option, string json, string field)
    {
        var file = SmallTokenizers.ByteLevelJson();
        file["added_tokens"] = new JsonArray();
        file["model"]![option] = JsonNode.Parse(json);

        AssertRefused(file, field, config: "{}");
    }

    [Theory]
    [InlineData("unk_token", "\"<nope>\"", "model.unk_token")]
    [InlineData("max_input_chars_per_word", "1001", "model.max_input_chars_per_word")]
    [InlineData("max_input_chars_per_word", "1e9", "model.max_input_chars_per_word")]
    [InlineData("vocab", "{\"[UNK]\": 0, \"[UNK] \": 0}", "model.vocab")]
    [InlineData("vocab", "{\"[UNK]\": 1048576}", "model.vocab")]
    [InlineData("continuing_subword_prefix", "1", "model.continuing_subword_prefix")]
    [InlineData("merges", "[]", "model")]
    public void Load_WordPieceThatIsNotSupported_NamesTheField(string option, string json, string field)
    {
        var file = SmallTokenizers.WordPieceJson();
        file["added_tokens"] = new JsonArray();
        file["post_processor"] = null;
        file["model"]![option] = JsonNode.Parse(json);

        AssertRefused(file, field, config: "{}");
    }

    [Theory]
    [InlineData("unk_id", "null", "model.unk_id")]
    [InlineData("unk_id", "4096", "model.unk_id")]
    [InlineData("vocab", "[]", "model.vocab")]
    [InlineData("vocab", "{}", "model.vocab")]
    [InlineData("vocab", "[[\"a\", 0], [\"a\", 1]]", "model.vocab[1]")]
    [InlineData("vocab", "[[\"a\", 1e999]]", "model.vocab[0][1]")]
    [InlineData("vocab", "[[\"a\", \"b\"]]", "model.vocab[0][1]")]
    [InlineData("vocab", "[[\"a\"]]", "model.vocab[0]")]
    [InlineData("vocab", "[[1, 0]]", "model.vocab[0][0]")]
    [InlineData("vocab", "[\"a\"]", "model.vocab[0]")]
    [InlineData("other", "1", "model")]
    public void Load_UnigramThatIsNotSupported_NamesTheField(string option, string json, string field)
    {
        var file = SmallTokenizers.UnigramJson();
        file["added_tokens"] = new JsonArray();
        file["model"]![option] = JsonNode.Parse(json);

        AssertRefused(file, field, config: "{}");
    }

    [Theory]
    [InlineData("(?:a|aa)+(?=b)", "pre_tokenizer.pattern.Regex")]
    [InlineData("a*", "pre_tokenizer.pattern.Regex")]
    public void Encode_PatternThatNeverEndsOrMatchesNothing_NamesTheField(string pattern, string field)
    {
        var file = SmallTokenizers.UnigramJson();
        file["pre_tokenizer"] = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated" };
        var tokenizer = SmallTokenizers.Load(file, "{}");

        var exception = Assert.Throws<TokenizerFormatException>(() => tokenizer.Encode(new string('a', 60) + "cb", addSpecialTokens: false));

        Assert.Equal(("tokenizer.json", field), (exception.File, exception.Field));
    }

    [Fact]
    public void Load_MergeThatMakesASpecialToken_IsRefused()
    {
        var file = SmallTokenizers.ByteLevelJson();
        file["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 256, "content": "he", "special": true}"""));

        AssertRefused(file, "model.merges[0]");
    }

    [Fact]
    public void Load_ConfigWithAnUnknownToken_IsRefused()
    {
        var exception = Assert.Throws<TokenizerFormatException>(() => SmallTokenizers.Load(SmallTokenizers.ByteLevelJson(), """{"eos_token": {"content": "<nope>"}}"""));

        Assert.Equal(("tokenizer_config.json", "eos_token.content"), (exception.File, exception.Field));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"model\": {}, \"model\": {}}")]
    [InlineData("{\"\\ud800\": 1}")]
    [InlineData("{\"model\": {\"type\": \"\\ud800\"}}")]
    [InlineData("{\"model\": {\"vocab\": {\"\\ud800\": 1}}}")]
    public void Load_BrokenFile_IsRefused(string json) => Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(Encoding.UTF8.GetBytes(json), default));

    [Fact]
    public void Load_FolderWithoutTokenizer_NamesTheFile()
    {
        var exception = Assert.Throws<TokenizerFormatException>(() => Tokenizer.Load(Path.Combine(Path.GetTempPath(), "there-is-no-such-model")));

        Assert.Equal("tokenizer.json", exception.File);
    }

    [Fact]
    public void Load_MutatedByteLevel_IsReadOrRefusedAndNeverFaults() => AssertNeverFaults(SmallTokenizers.ByteLevelJson());

    [Fact]
    public void Load_MutatedSentencePiece_IsReadOrRefusedAndNeverFaults() => AssertNeverFaults(SmallTokenizers.SentencePieceJson());

    [Fact]
    public void Load_MutatedWordPiece_IsReadOrRefusedAndNeverFaults() => AssertNeverFaults(SmallTokenizers.WordPieceJson());

    [Fact]
    public void Load_MutatedUnigram_IsReadOrRefusedAndNeverFaults() => AssertNeverFaults(SmallTokenizers.UnigramJson());

    private static void AssertNeverFaults(JsonObject small)
    {
        var good = Encoding.UTF8.GetBytes(small.ToJsonString());
        var fragments = Gen.OneOf("{", "}", "[", "]", ",", "\"", "null", "-1", "1e9", "1e999", "true", "\"type\":", "\"\\ud800\"", "\u00ff", "A");
        Gen.Select(Gen.Int[0, good.Length], Gen.Int[0, 20], fragments, (at, remove, insert) => (at, remove, insert)).Array[1, 3].Sample(
            mutations =>
            {
                var file = good;
                foreach (var (at, remove, insert) in mutations)
                {
                    var place = Math.Min(at, file.Length);
                    file = [.. file[..place], .. Encoding.Latin1.GetBytes(insert), .. file[Math.Min(place + remove, file.Length)..]];
                }

                try
                {
                    var tokenizer = Tokenizer.Load(file, default);
                    tokenizer.Decode(tokenizer.Encode("hello <0x41> é ﬁ Hell. 你\u0301", addSpecialTokens: true));
                }
                catch (TokenizerFormatException)
                {
                }
            },
            iter: 3_000);
    }

    private static void AssertRefused(JsonObject file, string field, string config = SmallTokenizers.Config)
    {
        var exception = Assert.Throws<TokenizerFormatException>(() => SmallTokenizers.Load(file, config));
        Assert.Equal(("tokenizer.json", field), (exception.File, exception.Field));
    }
}
