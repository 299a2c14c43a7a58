using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Cli.Network;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Evidence;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.EndToEnd.Networks;

namespace CocoonOrleans.Tests.EndToEnd.Attestation;

/// <summary>The .NET client that seals by itself, over a network whose workers quote: it believes neither gateway nor worker, but what it verified.</summary>
public sealed class QuotingNetworkClientTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _services = [];
    private readonly List<IDisposable> _floors = [];
    private TestNetwork _network = null!;

    private SimulatedIssuer Issuer => _network.Processes.Topology.Issuer!;

    public async Task InitializeAsync() => _network = await TestNetwork.StartAsync(async options => await Script.InAllWorkersAsync(options with { Workers = 1 }) with { SimulatedTdx = [] });

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable service in _services)
        {
            await service.DisposeAsync();
        }

        await _network.DisposeAsync();
    }

    public void Dispose()
    {
        _floors.ForEach(floors => floors.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task Client_ThatVerifies_IsServedAndRefusesWhatItCantBelieve()
    {
        ImageManifest image = Read(Issuer.ImageFile);
        TrustAnchor anchor = TrustAnchor.ReadSimulated(await File.ReadAllBytesAsync(Issuer.AnchorFile));

        using (HttpClient fresh = Open(anchor, [image], requiresFresh: true))
        using (HttpResponseMessage answer = await AskAsync(fresh, "hello", stream: false))
        {
            JsonElement provider = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync()).GetProperty("provider");
            Assert.Equal(("client", "simulated", true), (provider.GetProperty("sealer").GetString(), provider.GetProperty("tier").GetString(), provider.GetProperty("receipt_verified").GetBoolean()));
        }

        // Another configuration than the publisher allows, another image, another root: nothing is sealed.
        await RefusesAsync(anchor, image with { Rtmr3 = [new RuntimeMeasurement("configuration", new byte[] { 1 }), .. image.Rtmr3.Skip(1)] }, "image.rtmr3");
        await RefusesAsync(anchor, image with { Rtmr1 = new byte[48] }, "image.rtmr");
        await RefusesAsync(TrustAnchor.Intel, image, "pck.root");

        // What is under way when the machine is revoked ends as no short answer, and then nobody is there.
        using HttpClient http = Open(anchor, [image], requiresFresh: false);
        using HttpResponseMessage stream = await AskAsync(http, Script.Slow, stream: true);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        for (int events = 0; events < 4;)
        {
            events += (await lines.ReadLineAsync())!.StartsWith("data: ", StringComparison.Ordinal) ? 1 : 0;
        }

        await _network.Admin.RevokeAsync("image", Convert.ToHexStringLower(image.Id()), "bad build", CancellationToken.None);

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => lines.ReadToEndAsync().WaitAsync(Deadline));
        Assert.Equal(SealingRefusalCodes.AnswerTruncated, refused.Code);
        using HttpClient next = Open(anchor, [image], requiresFresh: false);
        using HttpResponseMessage none = await AskAsync(next, "hello", stream: false);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no_capacity"), (none.StatusCode, JsonElement.Parse(await none.Content.ReadAsByteArrayAsync()).GetProperty("error").GetProperty("code").GetString()));
        await _network.Admin.RestoreAsync("image", Convert.ToHexStringLower(image.Id()), CancellationToken.None);
        await _network.ServesAgainAsync();
    }

    private async Task RefusesAsync(TrustAnchor anchor, ImageManifest image, string code)
    {
        using HttpClient http = Open(anchor, [image], requiresFresh: false);

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => AskAsync(http, "hello", stream: false));

        Assert.Equal(SealingRefusalCodes.StatementQuote, refused.Code);
        Assert.Contains($"{code}: ", refused.Message, StringComparison.Ordinal);
    }

    private HttpClient Open(TrustAnchor anchor, IReadOnlyList<ImageManifest> images, bool requiresFresh)
    {
        var floors = new FileCollateralFloorStore(Path.Combine(_folder.Path, $"floors-{_floors.Count}.json"));
        var collateral = new CollateralService(CollateralOrigin.Open(null, Issuer.Socket, TimeProvider.System), anchor, floors, TimeProvider.System);
        _floors.Add(floors);
        _services.Add(collateral);
        return new HttpClient(new CocoonSealingHandler(new CocoonSealingOptions
        {
            MinimumTier = TrustTier.Simulated,
            RequiresFreshStatements = requiresFresh,
            Quotes = new QuoteTrust { Anchor = anchor, Images = images, Collateral = collateral },
        }))
        {
            BaseAddress = _network.Url,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _network.Key) },
        };
    }

    private async Task<HttpResponseMessage> AskAsync(HttpClient http, string text, bool stream)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = _network.Model, messages = new[] { new { role = "user", content = text } }, stream }),
        };
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static ImageManifest Read(string path)
    {
        Assert.True(ImageManifest.TryParse(File.ReadAllBytes(path), out ImageManifest? image, out var refusal), refusal?.ToString());
        return image!;
    }
}
