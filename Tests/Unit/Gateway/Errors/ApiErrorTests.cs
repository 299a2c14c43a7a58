using System.Text;
using System.Text.Json.Nodes;
using CocoonOrleans.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Gateway.Errors;

public sealed class ApiErrorTests
{
    public static TheoryData<string?> Codes => [.. ErrorKinds.All.Select(kind => kind.Code)];

    [Fact]
    public void Body_NothingButMessage_HasAllFourKeys() => Assert.Equal(
        """{"error":{"message":"It failed.","type":"server_error","param":null,"code":null}}""",
        Encoding.UTF8.GetString(new ApiError(ErrorKinds.Internal, "It failed.").ToUtf8()));

    [Fact]
    public void Body_ParamAndMetadata_AreThere()
    {
        var error = new ApiError(ErrorKinds.InvalidValue, "Bad.") { Param = "n", Metadata = new JsonObject { ["why"] = 1 } };

        Assert.Equal(
            """{"error":{"message":"Bad.","type":"invalid_request_error","param":"n","code":"invalid_value","metadata":{"why":1}}}""",
            Encoding.UTF8.GetString(error.ToUtf8()));
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Execute_EveryKind_RetryHeadersExactlyWhereRetryHelps(string? code)
    {
        ErrorKind kind = ErrorKinds.Find(code)!;

        IHeaderDictionary headers = await HeadersAsync(new ApiError(kind, "x"));

        bool retryable = kind.Status is 408 or 429 or >= 500 || code == "idempotency_in_progress";
        Assert.Equal(retryable ? "1" : "", headers.RetryAfter.ToString());
        Assert.Equal(retryable ? "1000" : "", headers["retry-after-ms"].ToString());
    }

    [Theory]
    [InlineData(10, "1", "1000")]
    [InlineData(1000, "1", "1000")]
    [InlineData(1001, "2", "1001")]
    [InlineData(59_999, "60", "59999")]
    public async Task Execute_RetryAfter_IsWholeSecondsRoundedUpAndAtLeastOne(int milliseconds, string seconds, string exact)
    {
        IHeaderDictionary headers = await HeadersAsync(new ApiError(ErrorKinds.NoCapacity, "x") { RetryAfter = TimeSpan.FromMilliseconds(milliseconds) });

        Assert.Equal((seconds, exact), (headers.RetryAfter.ToString(), headers["retry-after-ms"].ToString()));
    }

    [Fact]
    public async Task Execute_ReusedIdempotencyKey_ForbidsTheRetry() =>
        Assert.Equal("false", (await HeadersAsync(new ApiError(ErrorKinds.IdempotencyKeyReuse, "x")))["x-should-retry"].ToString());

    [Fact]
    public void Kinds_Codes_AreUnique() => Assert.Equal(ErrorKinds.All.Count, ErrorKinds.All.DistinctBy(kind => kind.Code).Count());

    [Fact]
    public void Kinds_All_AreInTheList() => Assert.Equal(
        typeof(ErrorKinds).GetProperties().Where(property => property.PropertyType == typeof(ErrorKind)).Select(property => ((ErrorKind)property.GetValue(null)!).Code).Order(),
        ErrorKinds.All.Select(kind => kind.Code).Order());

    private static async Task<IHeaderDictionary> HeadersAsync(ApiError error)
    {
        var http = new DefaultHttpContext();
        await error.ExecuteAsync(http);
        Assert.Equal(error.Kind.Status, http.Response.StatusCode);
        return http.Response.Headers;
    }
}
