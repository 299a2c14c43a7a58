using System.Text.Json.Nodes;
using CocoonOrleans.Tokenization.Tokenizers;

namespace CocoonOrleans.Tests.Unit.Tokenization.Tokenizers;

/// <summary>Texts made to cost much. A tokenizer that needed more than n log n steps for them would run into its own limit of ten seconds.</summary>
public sealed class HostileTextTests
{
    private const int Megabyte = 1 << 20;

    public static TheoryData<string> Tokenizers => ["bytes", "sentencepiece", "wordpiece", "unigram", "unigram, whole"];

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Encode_MegabyteWithoutSpaces_IsEncoded(string tokenizer) => AssertEncodes(tokenizer, new string('h', Megabyte));

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Encode_MegabyteOfSpaces_IsEncoded(string tokenizer) => AssertEncodes(tokenizer, new string(' ', Megabyte) + "h");

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Encode_MegabyteOfMarks_IsEncoded(string tokenizer) => AssertEncodes(tokenizer, "h" + new string('\u0301', Megabyte));

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Encode_MegabyteOfSpecialTokens_StaysText(string tokenizer)
    {
        var loaded = Load(tokenizer);

        var ids = loaded.Encode(string.Concat(Enumerable.Repeat("<|end|>", Megabyte / 7)), addSpecialTokens: false);

        Assert.DoesNotContain(loaded.EndOfTextId!.Value, ids);
    }

    [Fact]
    public void Encode_LongTokenThatNeverMatches_IsEncoded()
    {
        var file = SmallTokenizers.UnigramJson();
        file["model"]!["vocab"]!.AsArray().Add(new JsonArray(new string('a', 4_000) + "b", -1.0));
        file["pre_tokenizer"] = null;

        Assert.Equal(Megabyte / 32, SmallTokenizers.Load(file).Count(new string('a', Megabyte / 32)));
    }

    [Theory]
    [InlineData("pre_tokenizer", "pretokenizers", """{"type": "ByteLevel", "use_regex": false, "add_prefix_space": false}""")]
    [InlineData("normalizer", "normalizers", """{"type": "ByteLevel"}""")]
    public void Encode_StepsThatEachDoubleTheText_AreStopped(string part, string list, string step)
    {
        var file = SmallTokenizers.UnigramJson();
        file[part] = JsonNode.Parse($$"""{"type": "Sequence", "{{list}}": [{{string.Join(", ", Enumerable.Repeat(step, 16))}}] }""");
        var tokenizer = SmallTokenizers.Load(file);

        var exception = Assert.Throws<TokenizerFormatException>(() => tokenizer.Encode(new string('é', 2_000), addSpecialTokens: false));

        Assert.Equal(part, exception.Field);
    }

    private static void AssertEncodes(string tokenizer, string text) => Assert.NotEmpty(Load(tokenizer).Encode(text, addSpecialTokens: false));

    private static Tokenizer Load(string name)
    {
        var file = name switch
        {
            "bytes" => SmallTokenizers.ByteLevelJson(),
            "sentencepiece" => SmallTokenizers.SentencePieceJson(),
            "wordpiece" => SmallTokenizers.WordPieceJson(),
            _ => SmallTokenizers.UnigramJson(),
        };
        if (name == "unigram, whole")
        {
            file["pre_tokenizer"]!["split"] = false;
        }

        return SmallTokenizers.Load(file);
    }
}
