using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Tokenizers;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Tokenizers;

public sealed class TokenizerFormatTests
{
    [Theory]
    [InlineData("normalizer", """{"type": "Lowercase"}""", "normalizer.type")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFD"}]}""", "normalizer.normalizers[1].type")]
    [InlineData("normalizer", """{"type": "NFC", "strict": true}""", "normalizer")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "a+"}, "content": "b"}""", "normalizer.pattern")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace"}""", "pre_tokenizer.type")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel", "add_prefix_space": false}, {"type": "Digits"}]}""", "pre_tokenizer.pretokenizers[1]")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a++"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "[a&&b]"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "^a"}, "behavior": "Isolated"}""", "pre_tokenizer.pattern.Regex")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "a"}, "behavior": "isolated"}""", "pre_tokenizer.behavior")]
    [InlineData("post_processor", """{"type": "BertProcessing"}""", "post_processor.type")]
    [InlineData("post_processor", """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"x": {"ids": [999]}}}""", "post_processor.special_tokens.x.ids[0]")]
    [InlineData("decoder", "null", "decoder")]
    [InlineData("decoder", """{"type": "WordPiece"}""", "decoder")]
    [InlineData("decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "CTC"}]}""", "decoder.decoders[1]")]
    [InlineData("decoder", """{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 0, "stop": 1}]}""", "decoder.decoders[1].stop")]
    [InlineData("added_tokens", """[{"id": 300, "content": "x", "rstrip": true}]""", "added_tokens[0].rstrip")]
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
    [InlineData("pre_tokenizer", "pretokenizers", """{"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "Digits"}]}""", 9, "pre_tokenizer.pretokenizers[8]")]
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
    [InlineData("type", "\"Unigram\"", "model.type")]
    [InlineData("dropout", "0.1", "model.dropout")]
    [InlineData("end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix")]
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
    public void Load_MutatedFile_IsReadOrRefusedAndNeverFaults()
    {
        var good = Encoding.UTF8.GetBytes(SmallTokenizers.SentencePieceJson().ToJsonString());
        var fragments = Gen.OneOf("{", "}", "[", "]", ",", "\"", "null", "-1", "1e9", "true", "\"type\":", "\"\\ud800\"", "\u00ff");
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
                    Tokenizer.Load(file, default).Encode("hello <0x41> é", addSpecialTokens: true);
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
