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
        Gen.Select(Ids, Ids).Where((prompt, _) => !SentencePiece.Decode(prompt).Contains('\uFFFD'))
            .Sample((prompt, ids) => Assert.Equal(SentencePiece.Decode([.. prompt, .. ids]), SentencePiece.Decode(prompt) + Stream(SentencePiece, ids, [], prompt)));

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
