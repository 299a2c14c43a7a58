using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Client;
using CocoonOrleans.Client.Evidence;
using CocoonOrleans.Client.Workers;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Attestation.Gpus;
using CocoonOrleans.Tests.Attestation.Images;
using CocoonOrleans.Tests.Attestation.Provisioning;
using CocoonOrleans.Tests.Attestation.Worlds;

namespace CocoonOrleans.Tests.Attestation.Clients;

/// <summary>How a client that seals by itself judges statements that a quote stands behind.</summary>
public sealed class QuotedStatementTests : IAsyncLifetime, IDisposable
{
    private static readonly ReceiptKey Key = new();

    private static readonly ImageManifest Image = ImageManifestTests.Image with { Rtmr3 = [], Shapes = [new("this one", WorldSettings.Filled(0xA0))] };

    private static readonly Statement Stated = SampleStatement.Of(Key) with { Image = new Digest(Image.Id()) };

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new(ProvisioningClient.CreateHandler());
    private readonly WatchedTime _time = new(World.Now);
    private FileCollateralFloorStore _floors = null!;
    private ProvisioningServer _server = null!;
    private CollateralService _collateral = null!;

    public async Task InitializeAsync()
    {
        _floors = new FileCollateralFloorStore(_folder.File("floors.json"));
        _server = await ProvisioningServer.StartAsync(World.Platform().Collateral(World.Now));
        _collateral = new CollateralService(new ProvisioningClient(_http, new ProvisioningOptions { BaseAddress = _server.Address }, _time), World.Anchor, _floors, _time);
    }

    public async Task DisposeAsync()
    {
        await _collateral.DisposeAsync();
        await _server.DisposeAsync();
    }

    public void Dispose()
    {
        _floors.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Verify_QuoteMadeForTheStatementByTheImage_IsTakenAndFloorsAreKept()
    {
        var statement = await VerifyAsync(Quote(Stated), Trust());

        Assert.Equal(BoundStatement.Of(Stated).Hash, statement.Hash);
        Assert.NotEqual(0, new FileInfo(_folder.File("floors.json")).Length);
    }

    /// <summary>The client replays the log itself, and judges it by the image that it knows.</summary>
    [Theory, MemberData(nameof(MeasuredTd.Changes), MemberType = typeof(MeasuredTd))]
    public async Task Verify_EventLogBesideTheQuote_MustBeTheOneOfTheQuote(string change, string? code)
    {
        Statement stated = Stated with { Image = new Digest(MeasuredTd.Image.Id()) };
        byte[] quote = World.Make(world => (world.ReportData, world.Rtmrs) = (BoundStatement.Of(stated).ReportData(), MeasuredTd.Registers)).Quote.ToArray();
        Task<BoundStatement> Verify() => VerifyAsync(quote, Trust() with { Images = [MeasuredTd.Image] }, MeasuredTd.Changed(change), stated);

        if (code is null)
        {
            Assert.Equal(BoundStatement.Of(stated).Hash, (await Verify()).Hash);
            return;
        }

        var refused = await Assert.ThrowsAsync<SealingRefusedException>(Verify);
        Assert.Equal(SealingRefusalCodes.StatementQuote, refused.Code);
        Assert.Contains($"{code}: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task Verify_QuoteOfAnotherStatement_IsRefused() => RefusedAsync(Quote(Stated with { Epoch = 8 }), Trust(), "statement.binding");

    [Fact]
    public Task Verify_ImageThatIsNotKnown_IsRefused() => RefusedAsync(Quote(Stated), Trust() with { Images = [Image with { MrTd = new byte[48] }] }, "image.");

    [Fact]
    public Task Verify_SimulatedQuoteAtIntelsAnchor_IsRefused() =>
        RefusedAsync(Quote(Stated), Trust() with { Anchor = CocoonOrleans.Attestation.Verification.TrustAnchor.Intel }, "quote.qevendor");

    [Fact]
    public Task Verify_Garbage_IsRefused() => RefusedAsync([1, 2, 3], Trust(), "quote.");

    [Fact]
    public Task Verify_NoQuote_IsRefused() => RefusedAsync(null, Trust(), "no quote");

    [Fact]
    public Task Verify_NothingToJudgeQuotesBy_IsRefused() => RefusedAsync(Quote(Stated), trust: null, "no images");

    /// <summary>SELF-MADE: a GPU of a test, under an anchor that calls the simulated processor hardware, as no settings can.</summary>
    [Theory]
    [InlineData(true, true, null)]
    [InlineData(false, true, "statement.tier: ")]
    [InlineData(true, false, "gpu.rim.missing: ")]
    public async Task Verify_GpusBesideTheQuote_AreJudgedForTheTierConfidential(bool showsGpus, bool showsReferences, string? code)
    {
        using var gpus = new GpuWorld();
        var image = Image with { Tier = TrustTier.Confidential };
        var claims = Stated with { Tier = TrustTier.Confidential, Image = new Digest(image.Id()), GpuEvidenceSha256 = default(Digest) };
        var shown = new GpuEvidence([new GpuDevice(gpus.Report(BoundStatement.Of(claims).GpuNonce().ToArray()), gpus.Chain)]).Encode();
        var stated = claims with { GpuEvidenceSha256 = Digest.Of(shown) };
        var anchor = new TrustAnchor(World.Anchor.Root.Bytes.Span, World.Anchor.QeVendorId.Span, Assurance.Hardware, gpus.Verifier);
        var beside = StatementVoucher.Of(Quote(stated), null, showsGpus ? shown : null, showsReferences ? gpus.References().Encode() : null);
        Task<BoundStatement> Verify() => new StatementVerifier(
            new CocoonSealingOptions { NetworkId = "test", MinimumTier = TrustTier.Confidential, Quotes = Trust() with { Anchor = anchor, Images = [image] }, Time = _time })
            .VerifyAsync(stated.Encode(), signature: null, beside, CancellationToken.None);

        if (code is null)
        {
            Assert.Equal(BoundStatement.Of(stated).Hash, (await Verify()).Hash);
            return;
        }

        Assert.Contains(code, (await Assert.ThrowsAsync<SealingRefusedException>(Verify)).Message, StringComparison.Ordinal);
    }

    private static byte[] Quote(Statement stated) => World.Make(world =>
    {
        world.ReportData = BoundStatement.Of(stated).ReportData();
        world.Rtmrs[3] = new byte[48];
    }).Quote.ToArray();

    private QuoteTrust Trust() => new() { Anchor = World.Anchor, Images = [Image], Collateral = _collateral };

    private async Task RefusedAsync(byte[]? quote, QuoteTrust? trust, string reason)
    {
        var refused = await Assert.ThrowsAsync<SealingRefusedException>(() => VerifyAsync(quote, trust));
        Assert.Equal(SealingRefusalCodes.StatementQuote, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private Task<BoundStatement> VerifyAsync(byte[]? quote, QuoteTrust? trust, byte[]? eventLog = null, Statement? stated = null) =>
        new StatementVerifier(new CocoonSealingOptions { NetworkId = "test", MinimumTier = TrustTier.Simulated, Quotes = trust, Time = _time })
            .VerifyAsync((stated ?? Stated).Encode(), signature: null, quote is null ? null : StatementVoucher.Of(quote, eventLog), CancellationToken.None);
}
