using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Evidence;
using CocoonOrleans.Client.Receipts;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Client.Receipts;

public sealed class StoredReceiptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cocoon-receipts-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly HostileGateway _gateway;

    public StoredReceiptTests() => _gateway = new HostileGateway(_time);

    private string Receipts => Path.Combine(_folder, "receipts");

    public void Dispose()
    {
        _gateway.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Keep_Answer_IsAFileOfItsOwnersThatIsAccepted()
    {
        await AskAsync();

        var file = Assert.Single(Directory.GetFiles(Receipts));
        var verdict = Verify(File.ReadAllBytes(file));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.True(verdict.IsAccepted, verdict.Refusal?.ToString());
        Assert.Equal((21, 10, TrustTier.Open), (verdict.CostNano, verdict.Receipt!.Usage.PromptTokens, verdict.Tier));
        Assert.Null(verdict.Checks.Single(check => check.Name == "quote").Passed);
        Assert.All(verdict.Checks.Where(check => check.Name != "quote"), check => Assert.True(check.Passed, check.Text));
    }

    [Fact]
    public async Task Keep_Receipt_HoldsNothingOfPromptOrAnswer()
    {
        await AskAsync("zebraquartz");

        var text = File.ReadAllText(Assert.Single(Directory.GetFiles(Receipts)));

        Assert.DoesNotContain("zebraquartz", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("zebraquartz"))[..12], text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keep_MoreThanTheMost_TheOldestGoes()
    {
        var folder = new ReceiptFolder(Receipts, most: 2);
        for (var i = 0; i < 3; i++)
        {
            await AskAsync(receipts: folder);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var kept = Directory.GetFiles(Receipts).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, kept.Length);
        Assert.Contains("T080001", kept[0], StringComparison.Ordinal);
        _ = new ReceiptFolder(Receipts, most: 2);
        await AskAsync(receipts: new ReceiptFolder(Receipts, most: 2));
        Assert.Equal(2, Directory.GetFiles(Receipts).Length);
    }

    [Fact]
    public async Task Keep_FolderIsGone_TheAnswerComesAllTheSameAndSomebodyIsTold()
    {
        Exception? told = null;
        var folder = new ReceiptFolder(Receipts, failed: e => told = e);
        Directory.Delete(Receipts);

        await AskAsync(receipts: folder);

        Assert.IsAssignableFrom<IOException>(told);
    }

    [Fact]
    public async Task Keep_AnswerThatBrokeOff_IsKeptWithItsEnd()
    {
        _gateway.BreaksOff = _gateway.SignError;
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync()); // 502

        var verdict = Verify(File.ReadAllBytes(Assert.Single(Directory.GetFiles(Receipts))));

        Assert.True(verdict.IsAccepted, verdict.Refusal?.ToString());
        Assert.Equal((21, ReceiptStatus.Error), (verdict.CostNano, verdict.Receipt!.Status));
    }

    [Theory]
    [InlineData("receipt", ReceiptRefusalCodes.Signature)]
    [InlineData("signature", ReceiptRefusalCodes.Signature)]
    [InlineData("statement", ReceiptRefusalCodes.Voucher)]
    [InlineData("voucher", ReceiptRefusalCodes.Voucher)]
    [InlineData("header", ReceiptRefusalCodes.Request)]
    public async Task Verify_LastByteChanged_IsRefused(string field, string code)
    {
        var stored = await StoredAsync();
        var bytes = Convert.FromBase64String((string)stored[field]!);
        bytes[^1] ^= 1;
        stored[field] = Convert.ToBase64String(bytes);

        Refuses(stored, code);
    }

    [Theory]
    [InlineData("responseNonce", "\"0000000000000000000000000000000000000000000000000000000000000000\"", ReceiptRefusalCodes.Answer)]
    [InlineData("answerSha256", "\"0000000000000000000000000000000000000000000000000000000000000000\"", ReceiptRefusalCodes.Answer)]
    [InlineData("answerBytes", "2", ReceiptRefusalCodes.Usage)]
    [InlineData("prices", "\"1000000,1000000,2000001,5\"", ReceiptRefusalCodes.Prices)]
    [InlineData("asked", "\"2027-01-15T09:00:00Z\"", ReceiptRefusalCodes.StatementTime)]
    [InlineData("answered", "\"2027-01-15T07:00:00Z\"", ReceiptRefusalCodes.Time)]
    public async Task Verify_RecordSaysOtherwise_IsRefused(string field, string value, string code)
    {
        var stored = await StoredAsync();
        stored[field] = JsonNode.Parse(value);

        Refuses(stored, code);
    }

    [Fact]
    public async Task Verify_ReceiptOfAnotherAnswer_IsRefused()
    {
        var (first, second) = (await StoredAsync(), await StoredAsync());
        (first["receipt"], first["signature"]) = ((string)second["receipt"]!, (string)second["signature"]!);

        Refuses(first, ReceiptRefusalCodes.Request);
    }

    [Fact]
    public async Task Verify_OtherModelThanExpected_IsRefused()
    {
        var bytes = Bytes(await StoredAsync());

        Assert.True(StoredReceipt.TryRead(bytes, out var stored));
        Assert.True(ReceiptVerifier.Verify(stored, new ReceiptEvidence { ModelManifest = new Digest(Convert.FromHexString(new string('a', 64))) }).IsAccepted);
        Assert.Equal(ReceiptRefusalCodes.Model, ReceiptVerifier.Verify(stored, new ReceiptEvidence { ModelManifest = default(Digest) }).Refusal?.Code);
    }

    [Theory, InlineData("{}"), InlineData("[]"), InlineData("nonsense"), InlineData("null"), InlineData("")]
    public void TryRead_Anything_IsNoReceipt(string text) => Assert.False(StoredReceipt.TryRead(Encoding.UTF8.GetBytes(text), out _));

    [Theory, InlineData("format", "2"), InlineData("prices", "\"1,1\""), InlineData("responseNonce", "\"00\""), InlineData("more", "1"), InlineData("receipt", "null"), InlineData("answerBytes", "-1")]
    public async Task TryRead_FieldIsNotOfTheForm_IsNoReceipt(string field, string value)
    {
        var stored = await StoredAsync();
        stored[field] = JsonNode.Parse(value);

        Assert.False(StoredReceipt.TryRead(Bytes(stored), out _));
    }

    [Fact]
    public async Task Verify_SimulatedQuote_IsJudgedUnderItsAnchorAndSaysSimulated()
    {
        using var world = new SimulatedWorld(_time.GetUtcNow());
        var platform = world.Platform(new WorldSettings());
        var collateral = Encoding.UTF8.GetBytes(platform.Collateral(_time.GetUtcNow()).ToJsonString());
        var statement = _gateway.Worker.Renew(stated => stated with { Tier = TrustTier.Simulated });
        var quote = platform.Quote(statement.ReportData());
        (_gateway.Offered, _gateway.OffersQuote) = (new VouchedStatement(statement.Bytes.ToArray(), quote), true);
        using var floors = new FileCollateralFloorStore(Path.Combine(_folder, "floors.json"));
        await using var service = new CollateralService(null, world.Anchor, floors, _time);
        Assert.True(Quote.TryParse(quote, out var parsed, out _) && service.TryReadSubject(parsed!, out var subject, out _) && (await service.ConfirmAsync(subject!, collateral)).IsThere);
        var file = Bytes(await StoredAsync(new CocoonSealingOptions
        {
            MinimumTier = TrustTier.Simulated,
            Quotes = new QuoteTrust { Anchor = world.Anchor, Images = null, Collateral = service },
        }));

        Assert.True(StoredReceipt.TryRead(file, out var stored));
        Assert.True(Collateral.TryParse(collateral, out var set, out _));
        var unjudged = ReceiptVerifier.Verify(stored, new ReceiptEvidence());
        var judged = ReceiptVerifier.Verify(stored, new ReceiptEvidence { Collateral = set, Anchor = world.Anchor });
        var atIntel = ReceiptVerifier.Verify(stored, new ReceiptEvidence { Collateral = set });
        var later = ReceiptVerifier.Verify(stored, new ReceiptEvidence { Collateral = set, Anchor = world.Anchor, At = _time.GetUtcNow().AddHours(1) });
        var another = ReceiptVerifier.Verify(stored with { Voucher = platform.Quote(new byte[64]) }, new ReceiptEvidence());

        Assert.Equal((true, null, null), (unjudged.IsAccepted, unjudged.Tier, unjudged.Quote));
        Assert.Equal((true, TrustTier.Simulated, Assurance.Simulated), (judged.IsAccepted, judged.Tier, judged.Quote?.Assurance));
        Assert.StartsWith("SIMULATED", judged.Checks.Single(check => check.Name == "quote").Text, StringComparison.Ordinal);
        Assert.Equal(("quote.qevendor", "statement.expired", ReceiptRefusalCodes.Voucher), (atIntel.Refusal?.Code, later.Refusal?.Code, another.Refusal?.Code));
    }

    private static byte[] Bytes(JsonObject stored) => Encoding.UTF8.GetBytes(stored.ToJsonString());

    private static ReceiptVerdict Verify(byte[] bytes)
    {
        Assert.True(StoredReceipt.TryRead(bytes, out var stored));
        return ReceiptVerifier.Verify(stored, new ReceiptEvidence());
    }

    private static void Refuses(JsonObject stored, string code)
    {
        var verdict = Verify(Bytes(stored));
        Assert.Equal(code, verdict.Refusal?.Code);
        Assert.False(Assert.Single(verdict.Checks, check => check.Passed == false).Text.Length == 0);
    }

    private async Task<JsonObject> StoredAsync(CocoonSealingOptions? options = null)
    {
        await AskAsync(options: options);
        var file = Assert.Single(Directory.GetFiles(Receipts));
        var stored = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        File.Delete(file);
        return stored;
    }

    private async Task AskAsync(string prompt = "hello", ReceiptFolder? receipts = null, CocoonSealingOptions? options = null)
    {
        var handler = new CocoonSealingHandler((options ?? new CocoonSealingOptions()) with { Time = _time, Receipts = receipts ?? new ReceiptFolder(Receipts) }, new Undisposed(_gateway));
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://gateway.test") };
        var body = JsonSerializer.Serialize(new { model = HostileGateway.Model, messages = new[] { new { role = "user", content = prompt } } });
        using var response = await http.PostAsync("/v1/chat/completions", new StringContent(body, Encoding.UTF8, "application/json"));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The same gateway for several clients, each of which disposes of what it sends over.</summary>
    private sealed class Undisposed(HttpMessageHandler inner) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _inner = new(inner, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _inner.SendAsync(request, cancellationToken);
    }
}
