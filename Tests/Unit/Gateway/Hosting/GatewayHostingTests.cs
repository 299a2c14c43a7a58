using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Tests.Unit.Tunnel;
using CocoonOrleans.Ton;
using CocoonOrleans.Ton.Providers;
using CocoonOrleans.Ton.Signatures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CocoonOrleans.Tests.Unit.Gateway.Hosting;

/// <summary>The gateway's own host on loopback ports, with no cluster behind it.</summary>
public sealed class GatewayHostingTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cocoon-gateway-").FullName;
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication _app = null!;
    private Task _start = Task.CompletedTask;
    private Uri[] _listeners = [];

    private Uri Api => _listeners[0];

    private Uri Admin => _listeners[1];

    private Uri Http2 => _listeners[2];

    public async Task InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = _folder, EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gateway:Listen"] = "127.0.0.1:0",
            ["Gateway:AdminListen"] = "127.0.0.1:0",
            ["Gateway:Http2Listen"] = "127.0.0.1:0",
            ["Gateway:DataFolder"] = _folder,
            ["Gateway:Limits:HeaderLimit"] = "00:00:01",
            ["Tunnel:Listen"] = "127.0.0.1:0",
            ["Tunnel:IdentityFolder"] = Path.Combine(_folder, "identity"),
            ["Tunnel:AllowAnyWorker"] = "true",
            ["Cluster:GatewayPorts:0"] = "1",
        });
        builder.AddGateway();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGateway();

        // The listeners open at once; the start as a whole ends with the first connection to a silo, which never comes.
        _start = _app.StartAsync(_stopping.Token);
        ICollection<string> addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        await Condition.HoldsAsync(() => addresses.Count == 3, "the listeners are open");
        _listeners = [.. addresses.Select(address => new Uri(address))];
    }

    public async Task DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _start);
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose()
    {
        _http.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Live_OverHttp2WithoutTls_Answers()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Http2, "/health/live")) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using HttpResponseMessage response = await _http.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
    }

    [Fact]
    public async Task Ready_NoCluster_SaysWhatIsMissing()
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(Api, "/health/ready"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("catalog: not read yet", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/", 404, "unknown_url")]
    [InlineData("POST", "/v1/nothing", 404, "unknown_url")]
    [InlineData("GET", "/v1/%zz", 404, "unknown_url")]
    [InlineData("GET", "/v1/chat/completions", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/models", 405, "method_not_allowed")]
    [InlineData("OPTIONS", "/v1/models", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/models", 401, "invalid_api_key")]
    [InlineData("GET", "/v1/models/", 401, "invalid_api_key")]
    [InlineData("GET", "/v1/key", 401, "invalid_api_key")]
    [InlineData("POST", "/v1/chat/completions", 401, "invalid_api_key")]
    [InlineData("POST", "/v1/embeddings", 401, "invalid_api_key")]
    [InlineData("GET", "/v1/embeddings", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/providers/anna/payout", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/providers/anna/payout", 415, "unsupported_media_type")]
    [InlineData("POST", "/v1/providers/anna_1/close", 404, "unknown_account")]
    public async Task Send_Refused_IsOpenAisErrorWithARequestId(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Api, path));

        using HttpResponseMessage response = await _http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("req_", response.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(code, body.RootElement.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Send_Head_IsRefusedWithoutABody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(Api, "/v1/models"));

        using HttpResponseMessage response = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Send_RequestIdOfTheClient_ComesBack()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Api, "/health/live")) { Headers = { { "x-request-id", "mine-1" } } };

        using HttpResponseMessage response = await _http.SendAsync(request);

        Assert.Equal("mine-1", response.Headers.GetValues("x-request-id").Single());
    }

    [Theory]
    [InlineData(true, "/v1/models")]
    [InlineData(false, "/admin/workers")]
    [InlineData(false, "/admin/providers/anna")]
    [InlineData(true, "/v1/providers/anna/payout")]
    public async Task Send_ToTheOtherListener_IsUnknown(bool admin, string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri(admin ? Admin : Api, path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Provider_FloodedByStrangers_IsNotLockedOut()
    {
        using var provider = new SigningKey(RandomNumberGenerator.GetBytes(32));
        using var stranger = new SigningKey(RandomNumberGenerator.GetBytes(32));
        byte[] forged = Signed(provider);
        forged[^1] ^= 1;

        // Neither what nobody signed nor what others signed uses up anything of the provider's. Without a channel the grains are not reached: no cluster is here.
        for (int i = 0; i < 150; i++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(provider, [1, 2, 3]));
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(provider, forged));
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(provider, Signed(stranger)));
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(provider, new byte[2000]));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(provider, Signed(provider), "?days=0"));

        // Its own too many are, and only its own.
        List<HttpStatusCode> own = [];
        for (int i = 0; i < 2000 && !own.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            own.Add(await PostAsync(provider, Signed(provider), "?days=0"));
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, own);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(stranger, Signed(stranger), "?days=0"));

        static byte[] Signed(SigningKey key) => new ProviderRequest(TonNetwork.Development, key.PublicKey, 1, ProviderRequestKind.Statement).Sign(key);

        async Task<HttpStatusCode> PostAsync(SigningKey key, byte[] body, string query = "")
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
            using HttpResponseMessage response = await _http.PostAsync(new Uri(Api, $"/v1/providers/{ProviderId.Of(key.PublicKey)}/statement{query}"), content);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Send_HeadersThatNeverEnd_AreTimedOut()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Api.Port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n"u8.ToArray());

        using var reader = new StreamReader(stream, Encoding.ASCII);
        string? line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("HTTP/1.1 408 Request Timeout", line);
    }
}
