using CocoonOrleans.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Gateway.Errors;

public sealed class RequestIdTests
{
    [Theory]
    [InlineData("abc-123_X.y")]
    [InlineData("1")]
    public void Of_SaneId_IsTheClients(string id) => Assert.Equal(id, Of(id));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("é")]
    public void Of_OtherText_IsOurs(string id) => Assert.StartsWith("req_", Of(id), StringComparison.Ordinal);

    [Fact]
    public void Of_TooLong_IsOurs() => Assert.StartsWith("req_", Of(new string('a', 129)), StringComparison.Ordinal);

    private static string Of(string id)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[RequestId.Header] = id;
        return RequestId.Of(http.Request);
    }
}
