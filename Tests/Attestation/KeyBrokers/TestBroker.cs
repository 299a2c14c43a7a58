using System.Text.Json;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Simulated.Worlds;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.KeyBroker.Evidence;
using CocoonOrleans.KeyBroker.Hosting;
using CocoonOrleans.KeyBroker.Nonces;
using CocoonOrleans.KeyBroker.Releases;
using CocoonOrleans.KeyBroker.Shares;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Attestation.Images;
using CocoonOrleans.Tests.Attestation.Worlds;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Tests.Attestation.KeyBrokers;

/// <summary>A broker under the anchor of the simulated world, with a share of one model, and a worker of that world who asks it.</summary>
internal sealed class TestBroker : IAsyncDisposable
{
    public const string NetworkId = "test";

    private static readonly ReceiptKey Receipts = new();

    private readonly ShareFolder _shares;
    private readonly WorkerEvidence _evidence;
    private readonly ReleaseLog _log;

    /// <param name="change">What the model's manifest says otherwise.</param>
    /// <param name="options">What the settings say otherwise.</param>
    /// <param name="prepare">Told the data folder before the broker starts.</param>
    /// <param name="believed">An anchor that no settings can name; null for the simulated world's.</param>
    public TestBroker(
        Func<EncryptedModelManifest, EncryptedModelManifest>? change = null, Action<KeyBrokerOptions>? options = null, Action<string>? prepare = null, TrustAnchor? believed = null)
    {
        Manifest = Sample(Shares);
        Manifest = change?.Invoke(Manifest) ?? Manifest;
        Options = Write(Folder.Path, Manifest, Shares[1]);
        options?.Invoke(Options);
        prepare?.Invoke(Options.DataFolder);
        IOptions<KeyBrokerOptions> wrapped = Microsoft.Extensions.Options.Options.Create(Options);
        _shares = new ShareFolder(wrapped, new NamedEnvironment(Environments.Development));
        _evidence = new WorkerEvidence(wrapped, Time, believed);
        _log = new ReleaseLog(wrapped);
        Nonces = new NonceBook(wrapped, Time);
        Desk = new ReleaseDesk(_shares, Nonces, _evidence, _log, Time, NullLogger<ReleaseDesk>.Instance);
    }

    public static ImageManifest Image { get; } = ImageManifestTests.Image with { Rtmr3 = [], Shapes = [new VmShape("this one", WorldSettings.Filled(0xA0))], MrSeams = [] };

    public TemporaryFolder Folder { get; } = new();

    public WatchedTime Time { get; } = new(World.Now);

    public KeyShare[] Shares { get; } = SecretSharing.Split(new byte[32], 2, 3);

    public EncryptedModelManifest Manifest { get; }

    public KeyBrokerOptions Options { get; }

    public NonceBook Nonces { get; }

    public ReleaseDesk Desk { get; }

    public ReleaseKey Key { get; } = new();

    public string[] Log => File.Exists(LogPath) ? File.ReadAllLines(LogPath) : [];

    public string LogPath => Path.Combine(Options.DataFolder, ReleaseLog.FileName);

    public static EncryptedModelManifest Sample(KeyShare[] shares) => new()
    {
        Name = "sample",
        ModelId = Digest.Of("plain"u8),
        Files = [new EncryptedFile("model.safetensors", 10, Digest.Of("salt"u8), Digest.Of("root"u8))],
        KeyHash = Digest.Of("key"u8),
        MinimumTier = TrustTier.Simulated,
        Images = [new Digest(Image.Id())],
        Threshold = 2,
        Brokers = [.. shares.Select(share => new ModelBroker($"http://127.0.0.1:{8400 + share.X}/", share.Hash()))],
    };

    /// <summary>Writes what a broker of the simulated world needs, and its settings.</summary>
    public static KeyBrokerOptions Write(string folder, EncryptedModelManifest manifest, KeyShare share)
    {
        var options = new KeyBrokerOptions
        {
            NetworkId = NetworkId,
            DataFolder = Path.Combine(folder, "data"),
            SimulatedAnchorFile = Path.Combine(folder, "anchor.json"),
            ImageFiles = [Path.Combine(folder, "image.cbor")],
        };
        File.WriteAllText(options.SimulatedAnchorFile, JsonSerializer.Serialize(new
        {
            root = World.Simulated.RootPem,
            qeVendorId = new Guid(SimulatedWorld.VendorId.Span, bigEndian: true),
            assurance = "simulated",
        }));
        File.WriteAllBytes(options.ImageFiles[0], Image.Encode());
        Directory.CreateDirectory(options.SharesPath);
        ShareFile.Write(Path.Combine(options.SharesPath, "sample.json"), manifest.Encode(), share);
        return options;
    }

    /// <summary>The worker's request, good until a test says otherwise.</summary>
    /// <param name="stated">What its statement says otherwise.</param>
    /// <param name="world">What is otherwise on its platform.</param>
    /// <param name="nonce">The nonce; null for a new one of this broker.</param>
    public (ReleaseRequest Request, BoundStatement Statement) Ask(Func<Statement, Statement>? stated = null, Action<WorldSettings>? world = null, Digest? nonce = null)
    {
        Digest own = nonce ?? Nonces.Give()!.Value.Nonce;
        var batch = new NonceBatch([Digest.Of("another broker's"u8), own, Digest.Of("a third one's"u8)]);
        DateTimeOffset now = Time.GetUtcNow();
        var statement = new Statement
        {
            NetworkId = NetworkId,
            Role = StatementRole.KeyRequest,
            Tier = TrustTier.Simulated,
            BootId = new byte[16],
            Epoch = 0,
            NotBefore = now,
            Expires = now.AddMinutes(5),
            Keys = [Key.PublicKey],
            ReceiptKey = Receipts.PublicKey,
            TunnelKeySha256 = Digest.Of("tunnel"u8),
            NonceRoot = batch.Root,
            Models = [Manifest.Hash()],
            Image = new Digest(Image.Id()),
            EngineVersion = "native 1.0",
            Quantisation = "none",
        };
        BoundStatement bound = BoundStatement.Of(stated?.Invoke(statement) ?? statement);
        SimulatedPlatform platform = World.Platform(settings =>
        {
            settings.Rtmrs[3] = new byte[48];
            world?.Invoke(settings);
        });
        var request = new ReleaseRequest(
            Manifest.Hash().ToString(),
            bound.Bytes.ToArray(),
            platform.Quote(bound.ReportData()),
            own.ToArray(),
            batch.Prove(1).Encode(),
            JsonSerializer.SerializeToUtf8Bytes(platform.Collateral(now)));
        return (request, bound);
    }

    public Task<(ReleaseAnswer? Answer, ReleaseProblem? Problem)> DecideAsync(ReleaseRequest request) => Desk.DecideAsync(request, "127.0.0.1", CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _shares.Dispose();
        await _evidence.DisposeAsync();
        _log.Dispose();
        Key.Dispose();
        Folder.Dispose();
    }

    /// <summary>An environment of a name.</summary>
    internal sealed class NamedEnvironment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
