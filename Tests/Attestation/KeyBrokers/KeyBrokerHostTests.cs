using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using CocoonOrleans.KeyBroker.Evidence;
using CocoonOrleans.KeyBroker.Hosting;
using CocoonOrleans.KeyBroker.Problems;
using CocoonOrleans.KeyBroker.Shares;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Tests.Unit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Attestation.KeyBrokers;

/// <summary>A broker over HTTP, and with which settings it does not start.</summary>
public sealed class KeyBrokerHostTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly KeyShare[] _shares = SecretSharing.Split(new byte[32], 2, 3);
    private readonly KeyBrokerOptions _options;
    private WebApplication? _app;

    public KeyBrokerHostTests() => _options = TestBroker.Write(_folder.Path, TestBroker.Sample(_shares), _shares[1]);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Nonces_Asked_AreNewAndExpire()
    {
        using var http = await StartAsync();

        var first = await NonceAsync(http);
        var second = await NonceAsync(http);

        Assert.Equal(32, first.Nonce.Length);
        Assert.NotEqual(first.Nonce, second.Nonce);
        Assert.InRange(first.Expires - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
    }

    [Theory]
    [InlineData("", 400, ProblemCodes.Malformed)]
    [InlineData("null", 400, ProblemCodes.Malformed)]
    [InlineData("{}", 400, ProblemCodes.Malformed)]
    [InlineData("""{"manifest":"12","statement":"AA==","quote":"AA==","nonce":"AA==","proof":"AA=="}""", 400, ProblemCodes.Malformed)]
    [InlineData("""{"manifest":null,"statement":"AA==","quote":"AA==","nonce":"AA==","proof":"AA=="}""", 400, ProblemCodes.Malformed)]
    public async Task Releases_MalformedRequest_IsAProblemOfItsCode(string body, int status, string code)
    {
        using var http = await StartAsync();

        using var response = await http.PostAsync(ReleaseHttp.ReleasesPath, new StringContent(body, Encoding.UTF8, "application/json"));

        await IsProblemAsync(response, status, code);
    }

    [Fact]
    public async Task Releases_LargerThanAnyGoodOne_IsAProblem()
    {
        using var http = await StartAsync();

        using var response = await http.PostAsync(ReleaseHttp.ReleasesPath, new ByteArrayContent(new byte[ReleaseHttp.MostRequestBytes + 1]));

        await IsProblemAsync(response, 413, ProblemCodes.TooLarge);
    }

    [Fact]
    public async Task Releases_ModelThatIsNotHeld_IsAProblem()
    {
        using var http = await StartAsync();
        await using var asker = new TestBroker();
        var other = asker.Ask(statement => statement with { Models = [Digest.Of("other"u8)] }).Request with { Manifest = Digest.Of("other"u8).ToString() };

        using var response = await http.PostAsJsonAsync(ReleaseHttp.ReleasesPath, other, ReleaseJson.Default.ReleaseRequest);

        await IsProblemAsync(response, 404, ProblemCodes.ModelUnknown);
    }

    [Fact]
    public async Task AnythingElse_Asked_IsAProblem()
    {
        using var http = await StartAsync();

        using var response = await http.GetAsync("v1/shares");

        await IsProblemAsync(response, 404, ProblemCodes.UnknownUrl);
    }

    [Fact]
    public async Task Nonces_TooManyOut_AreRefusedForAWhile()
    {
        _options.MostNonces = 1;
        using var http = await StartAsync();
        await NonceAsync(http);

        using var response = await http.PostAsync(ReleaseHttp.NoncesPath, null);

        await IsProblemAsync(response, 503, ProblemCodes.Busy);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Nonces_TooManyRequests_AreRefusedForAWhile()
    {
        _options.RequestsPerMinute = 2;
        using var http = await StartAsync();
        await NonceAsync(http);
        await NonceAsync(http);

        using var response = await http.PostAsync(ReleaseHttp.NoncesPath, null);

        await IsProblemAsync(response, 429, ProblemCodes.RateLimited);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    /// <summary>Behind what ends TLS all come from loopback: one who floods the broker must not shut out the others, nor get more by inventing addresses before the one that the proxy added.</summary>
    [Fact]
    public async Task Nonces_TooManyRequestsOfOneBehindTheProxy_LeaveOthersTheirs()
    {
        _options.RequestsPerMinute = 2;
        using var http = await StartAsync();

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests],
            [
                await AskAsync("203.0.113.7"), await AskAsync("198.51.100.1, 203.0.113.7"), await AskAsync("198.51.100.2, 203.0.113.7"), await AskAsync("203.0.113.8"),
                await AskAsync("2001:db8:0:1::1"), await AskAsync("2001:db8:0:1::2"), await AskAsync("2001:db8:0:1::3"),
            ]);

        async Task<HttpStatusCode> AskAsync(string forwardedFor)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, ReleaseHttp.NoncesPath);
            request.Headers.Add("X-Forwarded-For", forwardedFor);
            using var response = await http.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public void Settings_OfADevelopmentBroker_AreRefusedInProduction()
    {
        _options.Listen = "0.0.0.0:8400";
        _options.CollateralSocket = "/tmp/x.sock";

        string[] failures = Failures(Environments.Production);

        Assert.All(
            (string[])["SimulatedAnchorFile", "CollateralSocket", "CollateralAddress", "Listen"],
            key => Assert.Contains(failures, failure => failure.StartsWith($"KeyBroker:{key} must", StringComparison.Ordinal)));
        Assert.Empty(Failures(Environments.Development));
    }

    [Theory]
    [InlineData("Listen", "here")]
    [InlineData("NetworkId", "UPPER")]
    [InlineData("RequestsPerMinute", "0")]
    [InlineData("CollateralAddress", "https://host/no-slash")]
    [InlineData("Lisen", "127.0.0.1:1")]
    public void Settings_Wrong_AreNamed(string key, string value) =>
        Assert.Contains(Failures(Environments.Development, $"--KeyBroker:{key}={value}"), failure => failure.Contains($"KeyBroker:{key}", StringComparison.Ordinal));

    [Fact]
    public void Shares_OfATestKey_AreRefusedInProduction()
    {
        var refused = Assert.Throws<IOException>(() => Shares(Environments.Production));

        Assert.Contains("test key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_TwoOfOneModel_AreRefused()
    {
        ShareFile.Write(Path.Combine(_options.SharesPath, "second.json"), TestBroker.Sample(_shares).Encode(), _shares[2]);

        Assert.Contains("second share", Assert.Throws<IOException>(() => Shares(Environments.Development)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shares_NoneThereOrOpenToOthers_AreRefused()
    {
        string file = Path.Combine(_options.SharesPath, "sample.json");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("open to others", Assert.Throws<IOException>(() => Shares(Environments.Development)).Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Contains("it holds none", Assert.Throws<IOException>(() => Shares(Environments.Development)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_NoneOfTheModels_IsToldAtTheStart()
    {
        _options.ImageFiles = [];
        await using var evidence = new WorkerEvidence(Options.Create(_options), TimeProvider.System);
        using ShareFolder shares = Shares(Environments.Development);

        Assert.Contains("Nobody could get the key", Assert.Throws<IOException>(() => evidence.CheckImages(shares.Models.Values)).Message, StringComparison.Ordinal);
    }

    /// <summary>The list of refusals for people is the list that the broker has.</summary>
    [Fact]
    public void ProblemList_Rows_AreTheCodes()
    {
        string[] rows = [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "key-brokers.md"))
            .SkipWhile(line => line != "## Refusals")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])];

        Assert.Equal(ProblemCodes.All.Keys.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static async Task IsProblemAsync(HttpResponseMessage response, int status, string code)
    {
        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        JsonElement problem = JsonElement.Parse(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal((code, $"urn:cocoon:key-broker:{code}", status), (problem.GetProperty("code").GetString(), problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32()));
        Assert.NotEqual("", problem.GetProperty("detail").GetString());
    }

    private static async Task<BrokerNonce> NonceAsync(HttpClient http)
    {
        using var response = await http.PostAsync(ReleaseHttp.NoncesPath, null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync(ReleaseJson.Default.BrokerNonce))!;
    }

    private ShareFolder Shares(string environment) => new(Options.Create(_options), new TestBroker.NamedEnvironment(environment));

    private async Task<HttpClient> StartAsync()
    {
        _app = Build(Environments.Development, "--KeyBroker:Listen=127.0.0.1:0");
        _app.MapKeyBroker();
        await _app.StartAsync();
        return new HttpClient { BaseAddress = new Uri($"{_app.Urls.First()}/") };
    }

    private string[] Failures(string environment, params string[] more)
    {
        try
        {
            // The server reads them where it is made.
            using IDisposable app = Build(environment, more);
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }

    private WebApplication Build(string environment, params string[] more)
    {
        string[] settings =
        [
            $"--KeyBroker:DataFolder={_options.DataFolder}",
            $"--KeyBroker:NetworkId={_options.NetworkId}",
            $"--KeyBroker:SimulatedAnchorFile={_options.SimulatedAnchorFile}",
            $"--KeyBroker:Listen={_options.Listen}",
            $"--KeyBroker:MostNonces={_options.MostNonces}",
            $"--KeyBroker:RequestsPerMinute={_options.RequestsPerMinute}",
            .. _options.CollateralSocket is { } socket ? [$"--KeyBroker:CollateralSocket={socket}"] : (string[])[],
            .. _options.ImageFiles.Select((file, index) => $"--KeyBroker:ImageFiles:{index}={file}"),
            .. more,
        ];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = settings, EnvironmentName = environment, ContentRootPath = _folder.Path });
        builder.WebHost.UseUrls();
        return builder.AddKeyBroker().Build();
    }
}
