using System.Text;
using CocoonOrleans.Tokenization.Detokenizing;
using CocoonOrleans.Tokenization.Tokenizers;
using CsCheck;

namespace CocoonOrleans.Tests.Unit.Tokenization.Detokenizing;

public sealed class StreamingDetokenizerTests
{
    private static readonly Tokenizer ByteLevel = SmallTokenizers.ByteLevel();
    private static readonly Tokenizer SentencePiece = SmallTokenizers.SentencePiece();

    // Letters that stops are made of, bytes of an emoji (whole, cut and mixed), a stray continuation byte, words, special tokens, an id that doesn't exist.
    private static readonly Gen<int[]> Ids = Gen.OneOf(97, 98, 99, 98, 99, 32, 0xF0, 0x9F, 0x8D, 0x95, 0xC3, 0xA9, 0xFF, 256, 257, 258, 259, 260, 261, 262, 263, 264, 265, 9999).Array[0, 40];
    private static readonly Gen<string[]> Stops = Gen.OneOf("abc", "b", "bc", "cab", "🍕", "\uFFFD", "hell", "c c", "aaa").Array[0, 4];

    [Fact]
    public void Append_AnyIdsByteLevel_JoinedAreTheWholeUpToTheFirstStop() =>
        Gen.Select(Ids, Stops).Sample((ids, stops) => Assert.Equal(UpToFirstStop(ByteLevel.Decode(ids), stops), Stream(ByteLevel, ids, stops)));

    [Fact]
    public void Append_AnyIdsSentencePiece_JoinedAreTheWholeUpToTheFirstStop() =>
        Gen.Select(Ids, Stops).Sample((ids, stops) => Assert.Equal(UpToFirstStop(SentencePiece.Decode(ids), stops), Stream(SentencePiece, ids, stops)));

    [Fact]
    public void Append_AnyIdsAfterAnyPrompt_ContinueThePromptsText() =>
        Gen.Select(Ids, Ids).Sample((prompt, ids) => AssertContinues(SentencePiece, prompt, ids));

    [Theory]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": false}""")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": true}""")]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 2, "stop": 3}]}""")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "BPEDecoder", "suffix": "</w>"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 0, "stop": 1}]}""")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Strip", "content": " ", "start": 1, "stop": 1}, {"type": "ByteFallback"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"}]}""")]
    [InlineData("""{"type": "ByteLevel"}""")]
    public void Append_AnyDecoder_JoinedAreTheWhole(string decoder)
    {
        var tokenizer = SmallTokenizers.WithDecoder(decoder);
        var ids = Gen.Int[0, tokenizer.VocabularySize + 1].Array[0, 20];

        ids.Sample(answer => Assert.Equal(tokenizer.Decode(answer), Stream(tokenizer, answer, [])));
        Gen.Select(ids, ids).Sample((prompt, answer) => AssertContinues(tokenizer, prompt, answer));
    }

    [Theory]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""", new[] { 8, 6, 15, 16, 14 }, "ec ' s.")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", new[] { 4, 5, 3 }, "b   a")]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""", new[] { 7, 8, 7, 1 }, "d ed")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 3}]}""", new[] { 10, 10, 9, 9, 9 }, " f    f  ")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 3}]}""", new[] { 9, 9 }, "")]
    [InlineData("""{"type": "Sequence", "decoders": [{"type": "Strip", "content": " ", "start": 1, "stop": 1}]}""", new[] { 10, 9, 8 }, " f e")]
    public void Decode_StepsThatLookAtPlaces_GiveTheText(string decoder, int[] ids, string text) => Assert.Equal(text, SmallTokenizers.WithDecoder(decoder).Decode(ids));

    [Fact]
    public void Append_EndOfWord_ReleasesItsSpaceWithTheNextWord()
    {
        var detokenizer = new StreamingDetokenizer(SmallTokenizers.WithDecoder("""{"type": "BPEDecoder", "suffix": "</w>"}"""), []);

        Assert.Equal(["d", " e", "d", ""], new[] { 7, 8, 7 }.Select(detokenizer.Append).Append(detokenizer.Flush()));
    }

    [Fact]
    public void Append_AnyIds_NeverReleaseHalfACharacter() =>
        Gen.Select(Ids, Stops).Sample((ids, stops) =>
        {
            var detokenizer = new StreamingDetokenizer(ByteLevel, stops);
            Assert.All(ids, id => Assert.False(detokenizer.Append(id) is [.., var last] && char.IsHighSurrogate(last)));
        });

    [Fact]
    public void Append_FirstWordWithoutPrompt_LosesItsSpace() => Assert.Equal("hell", Stream(SentencePiece, [259, 262], []));

    [Fact]
    public void Append_FirstWordAfterPrompt_KeepsItsSpace() => Assert.Equal(" hell", Stream(SentencePiece, [259, 262], [], [263, 259, 262]));

    [Fact]
    public void Append_FirstWordAfterBeginOfText_LosesItsSpace() => Assert.Equal("hell", Stream(SentencePiece, [259, 262], [], [263]));

    [Fact]
    public void Append_PartOfAStopString_IsHeldBackUntilItIsNone()
    {
        var detokenizer = new StreamingDetokenizer(ByteLevel, ["abc"]);

        Assert.Equal(["", "", "abd"], new[] { 'a', 'b', 'd' }.Select(letter => detokenizer.Append(letter)));
    }

    [Fact]
    public void Append_StopString_EndsTheAnswerWithoutIt()
    {
        var detokenizer = new StreamingDetokenizer(ByteLevel, ["bc"]);

        Assert.Equal(["a", "", "", ""], new[] { 'a', 'b', 'c', 'd' }.Select(letter => detokenizer.Append(letter)));
        Assert.True(detokenizer.Stopped);
    }

    [Fact]
    public void Flush_IncompleteCharacter_IsReplaced()
    {
        var detokenizer = new StreamingDetokenizer(ByteLevel, []);

        Assert.Equal("", detokenizer.Append(0xF0));
        Assert.Equal("\uFFFD", detokenizer.Flush());
    }

    [Fact]
    public void Constructor_EmptyStopString_IsRefused() => Assert.Throws<ArgumentException>(() => new StreamingDetokenizer(ByteLevel, [""]));

    /// <summary>A prompt that ends inside a character has no text of its own to be continued.</summary>
    private static void AssertContinues(Tokenizer tokenizer, int[] prompt, int[] answer)
    {
        var before = tokenizer.Decode(prompt);
        if (!before.Contains('\uFFFD'))
        {
            Assert.Equal(tokenizer.Decode([.. prompt, .. answer]), before + Stream(tokenizer, answer, [], prompt));
        }
    }

    private static string Stream(Tokenizer tokenizer, int[] ids, string[] stops, int[]? prompt = null)
    {
        var detokenizer = new StreamingDetokenizer(tokenizer, stops, prompt);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            text.Append(detokenizer.Append(id));
        }

        return text.Append(detokenizer.Flush()).ToString();
    }

    /// <summary>The rule once more, character by character.</summary>
    private static string UpToFirstStop(string text, string[] stops)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            var complete = stops.Where(stop => text.AsSpan(0, end).EndsWith(stop)).ToArray();
            if (complete.Length > 0)
            {
                return text[..(end - complete.Max(stop => stop.Length))];
            }
        }

        return text;
    }
}
