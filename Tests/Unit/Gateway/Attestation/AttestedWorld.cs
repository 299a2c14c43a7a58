using System.Text.Json;
using CocoonOrleans.Attestation.Gpus;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Gateway.Attestation;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Metrics;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Attestation;

/// <summary>A gateway's checks under the anchor of a simulated world, and a worker in it who hands over collateral with its quotes.</summary>
internal sealed class AttestedWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cocoon-attested-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly TunnelIdentity _identity = TunnelIdentity.Create(TimeProvider.System);
    private readonly List<EvidenceCheck> _checks = [];
    private readonly TrustAnchor? _believed;

    private AttestedWorld(bool isIntels, ImageManifest[] images, DateTimeOffset at, GpuVerifier? gpus)
    {
        Time = new FakeTimeProvider(at);
        Metrics = new GatewayMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), Time);
        World = new SimulatedWorld(Time.GetUtcNow());
        Worker = new SealedWorker(_identity, BootId, [Manifest], Time);
        if (!isIntels)
        {
            Options.Attestation.SimulatedAnchorFile = Path.Combine(_folder, "anchor.json");
            File.WriteAllText(Options.Attestation.SimulatedAnchorFile, JsonSerializer.Serialize(new
            {
                root = World.RootPem,
                qeVendorId = new Guid(SimulatedWorld.VendorId.Span, bigEndian: true),
                assurance = "simulated",
            }));
        }

        Options.DataFolder = _folder;
        foreach ((int index, ImageManifest image) in images.Index())
        {
            Options.Attestation.ImageFiles.Add(Path.Combine(_folder, $"image-{index}.cbor"));
            File.WriteAllBytes(Options.Attestation.ImageFiles[^1], image.Encode());
        }

        _believed = gpus is null ? null : new TrustAnchor(Convert.FromBase64String(string.Concat(World.RootPem.Split('\n').Where(line => !line.StartsWith('-')))), SimulatedWorld.VendorId.Span, Assurance.Hardware, gpus);
        Evidence = OpenEvidence();
        Statements = new StatementCheck(Microsoft.Extensions.Options.Options.Create(Options), Evidence, Metrics, Time);
    }

    public static string BootId { get; } = new('1', 32);

    public static string Manifest { get; } = new('a', 64);

    public FakeTimeProvider Time { get; }

    public GatewayMetrics Metrics { get; }

    public GatewayOptions Options { get; } = new();

    public SimulatedWorld World { get; }

    public SealedWorker Worker { get; }

    public EvidenceCheck Evidence { get; private set; }

    public StatementCheck Statements { get; }

    /// <param name="isIntels">Whether the gateway believes Intel's root in place of this world's.</param>
    /// <param name="images">The images that the gateway knows; none for none.</param>
    public static AttestedWorld Create(bool isIntels = false, params ImageManifest[] images) => new(isIntels, images, DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), null);

    /// <summary>The same with the GPUs of a test, under an anchor that CALLS this world hardware, as no settings can: so that the rule of the tier confidential is seen to work.</summary>
    /// <param name="gpus">Who vouches for GPUs.</param>
    /// <param name="at">The time.</param>
    /// <param name="image">The image that the gateway knows.</param>
    public static AttestedWorld CalledHardware(GpuVerifier gpus, DateTimeOffset at, ImageManifest image) => new(false, [image], at, gpus);

    /// <summary>Starts the checks anew, with what they left on the disk.</summary>
    public async Task RestartAsync()
    {
        await Evidence.DisposeAsync();
        Evidence = OpenEvidence();
    }

    /// <summary>The worker's next statement, of the tier that is simulated unless it says otherwise.</summary>
    public BoundStatement Renew(Func<Statement, Statement>? change = null) =>
        Worker.Renew(statement => (change ?? (same => same))(statement with { Tier = TrustTier.Simulated }));

    /// <summary>A statement with the quote that a platform makes for it, and its collateral.</summary>
    public VouchedStatement Vouch(BoundStatement statement, Action<WorldSettings>? change = null, SimulatedWorld? world = null, int issue = 0)
    {
        var settings = new WorldSettings();
        change?.Invoke(settings);
        SimulatedPlatform platform = (world ?? World).Platform(settings);
        return new VouchedStatement(
            statement.Bytes.ToArray(), platform.Quote(statement.ReportData()), JsonSerializer.SerializeToUtf8Bytes(platform.Collateral(Time.GetUtcNow(), issue)));
    }

    public ValueTask<EvidenceFinding> JudgeAsync(BoundStatement statement, VouchedStatement vouched) =>
        Evidence.JudgeAsync(statement, ShownEvidence.Of(vouched), vouched.Collateral, default);

    public ValueTask<StatementFinding> CheckAsync(VouchedStatement vouched, BoundStatement? before = null) => Statements.CheckAsync(
        vouched,
        _identity.Id,
        new WorkerRegistration(
            "desk", "provider-1", new EngineDescription("native", "1"), BootId, [new ModelOffer("house", Manifest, new string('b', 64), 512, 4, new OfferedPrices(1, 1, 1))]),
        before,
        default);

    public async ValueTask DisposeAsync()
    {
        foreach (EvidenceCheck check in _checks)
        {
            await check.DisposeAsync();
        }

        World.Dispose();
        Worker.Dispose();
        _identity.Dispose();
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private EvidenceCheck OpenEvidence()
    {
        var check = new EvidenceCheck(Microsoft.Extensions.Options.Options.Create(Options), Time, NullLogger<EvidenceCheck>.Instance, _believed);
        _checks.Add(check);
        return check;
    }
}
