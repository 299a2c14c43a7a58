using System.Text;
using CocoonOrleans.Gateway.Sealing;

namespace CocoonOrleans.Tests.Unit.Gateway.Sealing;

public sealed class ClientKeySealTests
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("kanarienvogel");

    [Fact]
    public void Open_SameKeyAndId_GivesTheText() => Assert.Equal(Text, ClientKeySeal.Open("ck_a", "resp_1", ClientKeySeal.Seal("ck_a", "resp_1", Text)));

    [Theory]
    [InlineData("ck_b", "resp_1")]
    [InlineData("ck_a", "resp_2")]
    public void Open_OtherKeyOrId_GivesNothing(string key, string id) => Assert.Null(ClientKeySeal.Open(key, id, ClientKeySeal.Seal("ck_a", "resp_1", Text)));

    [Fact]
    public void Seal_Text_IsNotInTheBox() => Assert.True(ClientKeySeal.Seal("ck_a", "resp_1", Text).AsSpan().IndexOf(Text) < 0);
}
