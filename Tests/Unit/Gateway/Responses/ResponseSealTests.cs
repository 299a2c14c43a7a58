using System.Text;
using CocoonOrleans.Gateway.Responses;

namespace CocoonOrleans.Tests.Unit.Gateway.Responses;

public sealed class ResponseSealTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("kanarienvogel");

    [Fact]
    public void Open_SameKeyAndId_GivesTheText() => Assert.Equal(Text, ResponseSeal.Open("ck_a", "resp_1", ResponseSeal.Seal("ck_a", "resp_1", Text)));

    [Theory]
    [InlineData("ck_b", "resp_1")]
    [InlineData("ck_a", "resp_2")]
    public void Open_OtherKeyOrId_GivesNothing(string key, string id) => Assert.Null(ResponseSeal.Open(key, id, ResponseSeal.Seal("ck_a", "resp_1", Text)));

    [Fact]
    public void Seal_Text_IsNotInTheBox() => Assert.True(ResponseSeal.Seal("ck_a", "resp_1", Text).AsSpan().IndexOf(Text) < 0);
}
