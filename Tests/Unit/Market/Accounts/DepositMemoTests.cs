using CocoonOrleans.Market.Accounts;

namespace CocoonOrleans.Tests.Unit.Market.Accounts;

public sealed class DepositMemoTests
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    [Fact]
    public void Create_Memo_IsFoundAgain_HoweverItIsTyped()
    {
        string memo = DepositMemo.Create();

        Assert.Equal(DepositMemo.Length, memo.Length);
        Assert.Equal(memo, DepositMemo.Find(memo));
        Assert.Equal(memo, DepositMemo.Find($" {memo.ToLowerInvariant()}\n"));
        Assert.Equal(memo, DepositMemo.Find("C-" + memo[2..].Replace('1', 'l').Replace('0', 'o')));
    }

    [Fact]
    public void Find_OneWrongCharacter_IsNeverAMemo()
    {
        string memo = DepositMemo.Create();
        for (int at = 2; at < memo.Length; at++)
        {
            foreach (char other in Alphabet.Where(other => other != memo[at]))
            {
                Assert.Null(DepositMemo.Find($"{memo[..at]}{other}{memo[(at + 1)..]}"));
            }
        }
    }

    [Fact]
    public void Find_NeighboursExchanged_IsNeverAMemo()
    {
        string memo = DepositMemo.Create();
        for (int at = 2; at < memo.Length - 1; at++)
        {
            if (memo[at] != memo[at + 1])
            {
                Assert.Null(DepositMemo.Find($"{memo[..at]}{memo[at + 1]}{memo[at]}{memo[(at + 2)..]}"));
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("C-")]
    [InlineData("C-000000000")]
    [InlineData("C-00000000000")]
    [InlineData("D-0000000000")]
    [InlineData("C-00000000U0")]
    [InlineData("hello")]
    public void Find_OtherText_IsNone(string? text) => Assert.Null(DepositMemo.Find(text));
}
