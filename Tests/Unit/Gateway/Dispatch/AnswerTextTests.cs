using CocoonOrleans.Gateway.Dispatch;

namespace CocoonOrleans.Tests.Unit.Gateway.Dispatch;

public sealed class AnswerTextTests
{
    // A token for each letter: the dearest text there is.
    private static int Letters(string text) => text.Length;

    [Fact]
    public void Count_PiecesOfAnyLength_AreCountedTogether()
    {
        var text = new AnswerText(Letters, 100);
        Assert.True(text.TryAppend("ab"));
        Assert.True(text.TryAppend(""));
        Assert.True(text.TryAppend("c"));

        Assert.Equal(3, text.CountTokens());
    }

    /// <summary>What stands around a call is counted, but ends no answer whose own text has just the tokens that were leased.</summary>
    [Fact]
    public void AddCall_ArgumentsOfAllTokensLeased_Fit()
    {
        var text = new AnswerText(Letters, 600);

        text.AddCall();

        Assert.True(text.TryAppend(new string('x', 600)));
        Assert.False(text.TryAppend(new string('x', 600)));
        Assert.True(text.CountTokens() > 600);
    }

    [Fact]
    public void TryScore_MoreThanTheTokensLeasedCanHave_IsRefused()
    {
        var text = new AnswerText(Letters, 10);

        int taken = Enumerable.Range(0, 100).TakeWhile(_ => text.TryScore(8192)).Count();

        Assert.Equal(12, taken);
    }

    [Fact]
    public void TryAppend_MorePiecesThanTokens_IsRefusedBeyondTheTolerance()
    {
        var text = new AnswerText(_ => 1, 10);

        int taken = Enumerable.Range(0, 100).TakeWhile(_ => text.TryAppend("x")).Count();

        Assert.Equal(12, taken);
    }

    [Fact]
    public void TryAppend_OnePieceWithTooManyTokens_IsRefused()
    {
        var text = new AnswerText(Letters, 1000);

        Assert.False(text.TryAppend(new string('x', 1011)));
        Assert.True(text.IsEmpty);
    }

    [Fact]
    public void TryAppend_ManyBytesInFewTokens_AreTaken()
    {
        var text = new AnswerText(value => value.Length / 8, 100);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(text.TryAppend("12345678")));
    }
}
