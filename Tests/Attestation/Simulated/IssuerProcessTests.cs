using System.Security.Cryptography;
using System.Text.Json;
using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Attestation.Simulated;

/// <summary>The simulated issuer as a process, and everything that a development network takes from it.</summary>
public sealed class IssuerProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _socket;

    public IssuerProcessTests() => _socket = _folder.File("quotes.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Issuer_Running_GivesEvidenceThatVerifiesAsSimulated()
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await issuer.ReadyAsync();
        using var http = new HttpClient(QuoteServiceSocket.CreateHandler(_socket)) { BaseAddress = QuoteServiceSocket.BaseAddress };
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, TimeProvider.System);
        var reportData = RandomNumberGenerator.GetBytes(64);

        var quote = await source.QuoteAsync(reportData);
        var anchor = await AnchorAsync(http);
        var collateral = Vectors.ReadCollateral(await http.GetByteArrayAsync("collateral"));

        Assert.True(quote.IsMade, quote.Failure?.ToString());
        var verdict = Verify(anchor, quote.Quote, collateral);
        Assert.True(verdict.IsAccepted, verdict.Refusal?.ToString());
        Assert.Equal((Assurance.Simulated, TrustTier.Simulated), (verdict.Assurance, verdict.Tier));
        Assert.Equal(reportData, verdict.Quote!.Td!.ReportData.ToArray());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_socket));

        // The world is its own: nothing of it holds under Intel's root, and no other process has its keys.
        Assert.Equal(RefusalCodes.QuoteQeVendor, Verify(TrustAnchor.Intel, quote.Quote, collateral).Refusal?.Code);
        Assert.Equal("pck.root", Verify(Worlds.World.Anchor, quote.Quote, collateral).Refusal?.Code);
        Assert.Contains("SIMULATED - NOT CONFIDENTIAL", verdict.Processor is null ? "" : await AnchorSubjectAsync(http), StringComparison.Ordinal);
        using var answer = await http.PostAsync("quote", new ByteArrayContent(new byte[63]));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, answer.StatusCode);
        using var larger = await http.PostAsync("quote", new ByteArrayContent(new byte[65]));
        Assert.Equal(System.Net.HttpStatusCode.RequestEntityTooLarge, larger.StatusCode);
    }

    /// <summary>The whole way that a network takes: the quote says what collateral it needs, which the issuer gives as Intel's service does.</summary>
    [Fact]
    public async Task Issuer_AskedAsIntelsService_GivesTheCollateralOfItsQuotes()
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await issuer.ReadyAsync();
        using var http = new HttpClient(QuoteServiceSocket.CreateHandler(_socket)) { BaseAddress = QuoteServiceSocket.BaseAddress };
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, TimeProvider.System);
        using var provisioning = new HttpClient(QuoteServiceSocket.CreateHandler(_socket));
        using var floors = new FileCollateralFloorStore(_folder.File("floors.json"));
        var anchor = await AnchorAsync(http);
        var client = new ProvisioningClient(provisioning, new ProvisioningOptions { BaseAddress = QuoteServiceSocket.BaseAddress }, TimeProvider.System);
        await using var service = new CollateralService(client, anchor, floors, TimeProvider.System);
        var made = await source.QuoteAsync(new byte[64]);
        Assert.True(Quote.TryParse(made.Quote.Span, out var quote, out _));
        Assert.True(service.TryReadSubject(quote!, out var subject, out var refusal), refusal?.ToString());

        var collateral = await service.GetAsync(subject!);

        Assert.True(collateral.IsThere, collateral.Refusal?.ToString());
        Assert.Null(Verify(anchor, made.Quote, collateral.Collateral).Refusal);
    }

    /// <summary>A line for each request would fill the pipe, and then the issuer would stand still.</summary>
    [Fact]
    public async Task Issuer_NobodyReadsWhatItSays_GoesOn()
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await issuer.ReadyAsync();
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, TimeProvider.System);

        for (var quote = 0; quote < 400; quote++)
        {
            Assert.True((await source.QuoteAsync(new byte[64])).IsMade);
        }
    }

    [Fact]
    public async Task Issuer_PlatformRevoked_IsRefused()
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}", "--Simulated:RevokedProcessor=true");
        await issuer.ReadyAsync();
        using var http = new HttpClient(QuoteServiceSocket.CreateHandler(_socket)) { BaseAddress = QuoteServiceSocket.BaseAddress };
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, TimeProvider.System);

        var quote = await source.QuoteAsync(new byte[64]);

        Assert.Equal(
            RefusalCodes.PckRevoked,
            Verify(await AnchorAsync(http), quote.Quote, Vectors.ReadCollateral(await http.GetByteArrayAsync("collateral"))).Refusal?.Code);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData(null)]
    public async Task Issuer_InProduction_DoesNotStart(string? environment)
    {
        using var issuer = IssuerProcess.Start(environment, $"--Simulated:Socket={_socket}");

        var (code, error) = await issuer.EndAsync();

        Assert.Equal(2, code);
        Assert.Contains("Production", error, StringComparison.Ordinal);
        Assert.False(File.Exists(_socket));
    }

    [Fact]
    public async Task Issuer_SettingThatItHasNot_DoesNotStart()
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}", "--Simulated:Statsu=OutOfDate");

        var (code, error) = await issuer.EndAsync();

        Assert.Equal(2, code);
        Assert.Contains("Status", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issuer_SocketServedByAnother_DoesNotStartAndLeavesIt()
    {
        using var first = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await first.ReadyAsync();
        using var second = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");

        Assert.Equal(1, (await second.EndAsync()).ExitCode);
        using var source = new QuoteServiceSource(new QuoteServiceOptions { Socket = _socket }, TimeProvider.System);
        Assert.True((await source.QuoteAsync(new byte[64])).IsMade);
    }

    [Fact]
    public async Task Issuer_SocketLeftByOneThatWasKilled_IsTakenOver()
    {
        using (var first = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}"))
        {
            await first.ReadyAsync();
            await first.KillAsync();
        }

        Assert.True(File.Exists(_socket));
        using var second = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await second.ReadyAsync();
    }

    [Fact]
    public async Task Issuer_FileInTheSocketsPlace_IsLeftAlone()
    {
        await File.WriteAllTextAsync(_socket, "mine");
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");

        Assert.Equal(1, (await issuer.EndAsync()).ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(_socket));
    }

    [Fact]
    public async Task Issuer_ParentGone_Stops()
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}", "--Simulated:ExitWithParent=true");
        await issuer.ReadyAsync();
        issuer.Leave();

        Assert.Equal(0, (await issuer.EndAsync()).ExitCode);
        Assert.False(File.Exists(_socket));
    }

    private static EvidenceVerdict Verify(TrustAnchor anchor, ReadOnlyMemory<byte> quote, Collateral collateral) =>
        new EvidenceVerifier(anchor).Verify(new Evidence { Quote = quote, Collateral = collateral }, new EvidencePolicy(), TimeProvider.System.GetUtcNow());

    private static async Task<TrustAnchor> AnchorAsync(HttpClient http)
    {
        using var anchor = JsonDocument.Parse(await http.GetStringAsync("anchor"));
        return TrustAnchor.Simulated(anchor.RootElement.GetProperty("root").GetString()!, anchor.RootElement.GetProperty("qeVendorId").GetString()!);
    }

    private static async Task<string> AnchorSubjectAsync(HttpClient http)
    {
        using var anchor = JsonDocument.Parse(await http.GetStringAsync("anchor"));
        using var root = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(anchor.RootElement.GetProperty("root").GetString()!);
        return root.Subject;
    }
}
