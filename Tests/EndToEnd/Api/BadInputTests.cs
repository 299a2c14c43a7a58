using System.Net;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Api;

/// <summary>Whatever a client sends: a typed error that names the field, nothing charged, and the next request is served.</summary>
[Collection(RunningNetwork.Collection)]
public sealed class BadInputTests(RunningNetwork network)
{
    private const string Ask = """{"model":"MODEL","messages":[{"role":"user","content":"hi"}]""";

    [Theory]
    [InlineData("", 400, null)]
    [InlineData("{", 400, null)]
    [InlineData("[]", 400, null)]
    [InlineData("null", 400, null)]
    [InlineData("\"text\"", 400, null)]
    [InlineData("""{"model":"MODEL","messages":[]}""", 400, "messages")]
    [InlineData("""{"model":"MODEL"}""", 400, "messages")]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", 400, "model")]
    [InlineData("""{"model":7,"messages":[{"role":"user","content":"hi"}]}""", 400, "model")]
    [InlineData("""{"model":"MODEL","messages":"hi"}""", 400, "messages")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"robot","content":"hi"}]}""", 400, "messages[0].role")]
    [InlineData(Ask + ""","max_tokens":0}""", 400, "max_tokens")]
    [InlineData(Ask + ""","max_tokens":-5}""", 400, "max_tokens")]
    [InlineData(Ask + ""","max_completion_tokens":1.5}""", 400, "max_completion_tokens")]
    [InlineData(Ask + ""","max_completion_tokens":99999999999999999999}""", 400, "max_completion_tokens")]
    [InlineData(Ask + ""","temperature":"hot"}""", 400, "temperature")]
    [InlineData(Ask + ""","temperature":3}""", 400, "temperature")]
    [InlineData(Ask + ""","stream":"yes"}""", 400, "stream")]
    [InlineData(Ask + ""","n":0}""", 400, "n")]
    [InlineData(Ask + ""","stop":["a","b","c","d","e"]}""", 400, "stop")]
    [InlineData(Ask + ""","tools":[{"type":"function","function":{"name":"a b"}}]}""", 400, "tools[0].function.name")]
    [InlineData(Ask + ""","response_format":{"type":"xml"}}""", 400, "response_format.type")]
    [InlineData(Ask + ""","tool_choice":"required"}""", 400, "tool_choice")]
    public async Task Post_BadBody_IsRefusedByFieldAndChargesNothing(string body, int status, string? param)
    {
        var account = await network.CreateAccountAsync();

        using var response = await PostAsync(body.Replace("MODEL", network.Model, StringComparison.Ordinal), account.ApiKey);

        var error = await ErrorAsync(response, (HttpStatusCode)status);
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Empty(network.Network.Ledger.Jobs(account.Account.AccountId));
    }

    [Fact]
    public async Task Post_HundredMegabytes_Is413()
    {
        using var http = network.Network.OpenHttp();
        using var body = new StreamContent(new Zeros(100_000_000));
        body.Headers.ContentType = new("application/json");

        using var response = await http.PostAsync("/v1/chat/completions", body);

        await ErrorAsync(response, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Post_MoreTokensThanTheContext_AnswersWithinTheContext()
    {
        using var response = await PostAsync($$"""{"model":"{{network.Model}}","messages":[{"role":"user","content":"What is 3 plus 4?"}],"max_tokens":2000000000}""", network.Key);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Post_PromptLongerThanTheContext_SaysSo()
    {
        var text = string.Concat(Enumerable.Repeat("many words ", 20_000));

        using var response = await PostAsync($$"""{"model":"{{network.Model}}","messages":[{"role":"user","content":"{{text}}"}]}""", network.Key);

        Assert.Equal("context_length_exceeded", (await ErrorAsync(response, HttpStatusCode.BadRequest)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Post_EmbeddingsOfAModelThatChats_SaysSoAndChargesNothing()
    {
        var account = await network.CreateAccountAsync();
        using var http = network.Network.OpenHttp(account.ApiKey);

        using var response = await http.PostAsync("/v1/embeddings", Json($$"""{"model":"{{network.Model}}","input":"hi"}"""));

        var error = await ErrorAsync(response, HttpStatusCode.BadRequest);
        Assert.Equal(("unsupported_model", "model"), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Empty(network.Network.Ledger.Jobs(account.Account.AccountId));
    }

    [Fact]
    public async Task Post_NoKey_Is401()
    {
        using var http = new HttpClient { BaseAddress = network.Url };

        using var response = await http.PostAsync("/v1/chat/completions", Json("{}"));

        Assert.Equal("invalid_api_key", (await ErrorAsync(response, HttpStatusCode.Unauthorized)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Post_RevokedKey_Is401AndChargesNothing()
    {
        var account = await network.CreateAccountAsync();
        Assert.True(await network.Network.Admin.RevokeKeyAsync(account.Account.AccountId, account.KeyId, CancellationToken.None));

        using var response = await PostAsync(Ask.Replace("MODEL", network.Model, StringComparison.Ordinal) + "}", account.ApiKey);

        Assert.Equal("invalid_api_key", (await ErrorAsync(response, HttpStatusCode.Unauthorized)).GetProperty("code").GetString());
        Assert.Empty(network.Network.Ledger.Jobs(account.Account.AccountId));
    }

    [Theory]
    [InlineData("GET", "/v1/chat/completions", 405)]
    [InlineData("POST", "/v1/no-such-thing", 404)]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/admin/accounts/dev", 404)]
    public async Task Send_WrongPlace_IsATypedError(string method, string path, int status)
    {
        using var http = network.Network.OpenHttp();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var response = await http.SendAsync(request);

        await ErrorAsync(response, (HttpStatusCode)status);
    }

    [Fact]
    public async Task Post_NotSaidToBeJson_Is415()
    {
        using var http = network.Network.OpenHttp();

        using var response = await http.PostAsync("/v1/chat/completions", new StringContent("hi", Encoding.UTF8, "text/plain"));

        await ErrorAsync(response, HttpStatusCode.UnsupportedMediaType);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonElement> ErrorAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"Expected {status}, got {response.StatusCode}: {body}");
        Assert.NotEmpty(response.Headers.GetValues("x-request-id").Single());
        using var document = JsonDocument.Parse(body);
        var error = document.RootElement.GetProperty("error").Clone();
        Assert.Superset(new HashSet<string> { "message", "type", "param", "code" }, error.EnumerateObject().Select(property => property.Name).ToHashSet());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return error;
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string key)
    {
        using var http = network.Network.OpenHttp(key);
        return await http.PostAsync("/v1/chat/completions", Json(body));
    }

    /// <summary>Many bytes that nobody has to hold in memory.</summary>
    private sealed class Zeros(long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var take = (int)Math.Min(count, length - _position);
            buffer.AsSpan(offset, take).Clear();
            _position += take;
            return take;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
