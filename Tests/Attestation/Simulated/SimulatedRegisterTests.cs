using System.Text.Json;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Measuring;
using CocoonOrleans.Attestation.QuoteSources;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Simulated.Hosting;
using CocoonOrleans.Attestation.Simulated.Quotes;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Attestation.Simulated;

/// <summary>RTMR3 of simulated TDs, in the issuer's process: quotes follow what was measured.</summary>
public sealed class SimulatedRegisterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _socket;

    public SimulatedRegisterTests() => _socket = _folder.File("quotes.sock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Quote_AfterExtensions_HasThemAndTheImageIsJudgedByTheLog()
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await issuer.ReadyAsync();
        var world = await WorldOfIssuer.AskAsync(_socket);
        using var register = Register("worker-1");
        using var source = Source("worker-1");
        var log = world.Continue();

        Assert.Equal(new byte[48], (await register.ReadAsync()).Value.ToArray());
        Assert.Equal(RefusalCodes.ImageRuntime, world.Verify((await source.QuoteAsync(new byte[64])).Quote, log.ToArray()).Refusal?.Code);
        await MeasureAsync(register, log, ("configuration", [1, 2, 3]), ("engine", [1]), ("models", [0x80]), ("ready", []));
        var verdict = world.Verify((await source.QuoteAsync(new byte[64])).Quote, log.ToArray());

        Assert.Null(verdict.Refusal);
        Assert.Equal("simulated", verdict.Image?.SourceCommit);
        Assert.Equal(RefusalCodes.LogMissing, world.Verify((await source.QuoteAsync(new byte[64])).Quote, null).Refusal?.Code);

        // Another TD of the same machine has measured nothing.
        using var other = Register("worker-2");
        Assert.Equal(new byte[48], (await other.ReadAsync()).Value.ToArray());
    }

    /// <summary>A real TD that measured in another order, twice, or something of its own: its log replays, and the image says no.</summary>
    [Theory]
    [InlineData("models", "engine", "configuration", "ready")]
    [InlineData("configuration", "models", "ready")]
    [InlineData("configuration", "engine", "models", "ready", "ready")]
    [InlineData("configuration", "engine", "models")]
    [InlineData("configuration", "engine", "other", "ready")]
    public async Task Verify_MeasuredOtherwiseThanTheImageSays_IsRefused(params string[] names)
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await issuer.ReadyAsync();
        var world = await WorldOfIssuer.AskAsync(_socket);
        using var register = Register("worker");
        using var source = Source("worker");
        var log = world.Continue();
        await MeasureAsync(register, log, [.. names.Select(name => (name, Array.Empty<byte>()))]);

        Assert.Equal(RefusalCodes.ImageRuntime, world.Verify((await source.QuoteAsync(new byte[64])).Quote, log.ToArray()).Refusal?.Code);
    }

    [Theory]
    [InlineData("GET", "rtmr3", 0, 400)]
    [InlineData("GET", "rtmr3?td=Not%20A%20Name", 0, 400)]
    [InlineData("POST", "rtmr3?td=a", 47, 400)]
    [InlineData("POST", "rtmr3?td=a", 49, 400)]
    [InlineData("POST", "rtmr3", 48, 400)]
    [InlineData("POST", "quote?td=", 64, 400)]
    [InlineData("POST", "rtmr3?td=a", 48, 200)]
    public async Task Issuer_AskedForARegister_TakesWhatHasTheForm(string method, string path, int length, int status)
    {
        using var issuer = IssuerProcess.Start("Development", $"--Simulated:Socket={_socket}");
        await issuer.ReadyAsync();
        using var http = new HttpClient(QuoteServiceSocket.CreateHandler(_socket)) { BaseAddress = QuoteServiceSocket.BaseAddress };
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(new byte[length]) };
        using var answer = await http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Register_NoService_SaysWhatToDo()
    {
        using var register = Register("worker");

        var result = await register.ExtendAsync("ready", default);

        Assert.Equal(TeeFailureKind.Unreachable, result.Failure?.Kind);
        Assert.Contains("Start the quote service", result.Failure?.ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Register("Not A Name"));
    }

    [Fact]
    public void Registers_MoreTdsThanMayBe_ForgetTheOldest()
    {
        using var keeper = new WorldKeeper(Options.Create(new SimulatedOptions()), TimeProvider.System);
        var registers = new SimulatedRegisters(keeper);

        for (var td = 0; td <= SimulatedRegisters.Most; td++)
        {
            registers.Extend($"td-{td}", new byte[48]);
        }

        Assert.Equal(new byte[48], registers.Read("td-0"));
        Assert.NotEqual(new byte[48], registers.Read("td-1"));
        Assert.NotEqual(new byte[48], registers.Read($"td-{SimulatedRegisters.Most}"));
    }

    /// <summary>An issuer that died comes back as the same world: what was measured is measured, and its documents go on.</summary>
    [Fact]
    public async Task Issuer_KeepsItsWorld_ComesBackAsTheSame()
    {
        var file = _folder.File("world.json");
        string[] settings = [$"--Simulated:Socket={_socket}", $"--Simulated:WorldFile={file}"];
        WorldOfIssuer before;
        CcelWriter log;
        using (var first = IssuerProcess.Start("Development", settings))
        {
            await first.ReadyAsync();
            before = await WorldOfIssuer.AskAsync(_socket);
            using var register = Register("worker");
            log = before.Continue();
            await MeasureAsync(register, log, ("configuration", []), ("engine", []), ("models", [0x80]), ("ready", []));
            await first.KillAsync();
        }

        using var second = IssuerProcess.Start("Development", settings);
        await second.ReadyAsync();
        var after = await WorldOfIssuer.AskAsync(_socket);
        using var source = Source("worker");
        var quote = (await source.QuoteAsync(new byte[64])).Quote;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Null((before with { Collateral = after.Collateral }).Verify(quote, log.ToArray()).Refusal);
        Assert.True(after.RootCrlNumber > before.RootCrlNumber, "lists are numbered on");

        await File.WriteAllTextAsync(file, "{}");
        File.Delete(_socket);
        using var third = IssuerProcess.Start("Development", $"--Simulated:Socket={_folder.File("third.sock")}", $"--Simulated:WorldFile={file}");
        var (code, error) = await third.EndAsync();
        Assert.Equal(1, code);
        Assert.Contains("WorldFile", error, StringComparison.Ordinal);
    }

    private QuoteServiceRegister Register(string td) => new(new QuoteServiceOptions { Socket = _socket, Td = td }, TimeProvider.System);

    private QuoteServiceSource Source(string td) => new(new QuoteServiceOptions { Socket = _socket, Td = td }, TimeProvider.System);

    private static async Task MeasureAsync(QuoteServiceRegister register, CcelWriter log, params (string Name, byte[] Payload)[] events)
    {
        foreach (var (name, payload) in events)
        {
            var result = await register.ExtendAsync(name, payload);
            Assert.True(result.IsDone, result.Failure?.ToString());
            log.AddRuntime(name, payload);
        }
    }

    /// <summary>What a verifier is told by the issuer.</summary>
    private sealed record WorldOfIssuer(TrustAnchor Anchor, byte[] Collateral, ImageManifest Image, byte[] BootLog)
    {
        public System.Numerics.BigInteger RootCrlNumber
        {
            get
            {
                using var document = JsonDocument.Parse(Collateral);
                var crl = Convert.FromHexString(document.RootElement.GetProperty("root_ca_crl").GetString()!);
                _ = System.Security.Cryptography.X509Certificates.CertificateRevocationListBuilder.Load(crl, out var number);
                return number;
            }
        }

        public static async Task<WorldOfIssuer> AskAsync(string socket)
        {
            using var http = new HttpClient(QuoteServiceSocket.CreateHandler(socket)) { BaseAddress = QuoteServiceSocket.BaseAddress };
            Assert.True(ImageManifest.TryParse(await http.GetByteArrayAsync("image"), out var image, out var refusal), refusal?.ToString());
            return new WorldOfIssuer(
                TrustAnchor.ReadSimulated(await http.GetByteArrayAsync("anchor")), await http.GetByteArrayAsync("collateral"), image!, await http.GetByteArrayAsync("ccel"));
        }

        public CcelWriter Continue()
        {
            Assert.True(CcelWriter.TryContinue(BootLog, out var log, out var refusal), refusal?.ToString());
            return log!;
        }

        public EvidenceVerdict Verify(ReadOnlyMemory<byte> quote, byte[]? log)
        {
            EventLog? parsed = null;
            if (log is not null)
            {
                Assert.True(EventLog.TryParse(log, out parsed, out var refusal), refusal?.ToString());
            }

            return new EvidenceVerifier(Anchor).Verify(
                new Evidence { Quote = quote, Collateral = Vectors.ReadCollateral(Collateral), EventLog = parsed }, new EvidencePolicy { Images = [Image] }, TimeProvider.System.GetUtcNow());
        }
    }
}
