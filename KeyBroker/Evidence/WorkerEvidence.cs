using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Tcb;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.KeyBroker.Hosting;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.KeyBroker.Evidence;

/// <summary>Judges the quotes of those who ask for keys: strictly, by the model's own manifest, with collateral that is kept for all. Safe on many threads at a time.</summary>
public sealed class WorkerEvidence : IAsyncDisposable
{
    private readonly EvidenceVerifier _verifier;
    private readonly CollateralService _collateral;
    private readonly FileCollateralFloorStore _floors;
    private readonly List<(Digest Id, ImageManifest Image)> _images;
    private readonly string _networkId;
    private readonly TimeProvider _time;

    /// <summary>Reads anchor, images and floors.</summary>
    /// <exception cref="IOException">A file can't be read, or holds something else.</exception>
    public WorkerEvidence(IOptions<KeyBrokerOptions> options, TimeProvider time)
        : this(options, time, null)
    {
    }

    /// <summary>With an anchor that no settings can name: for tests, whose GPUs are no NVIDIA's.</summary>
    internal WorkerEvidence(IOptions<KeyBrokerOptions> options, TimeProvider time, TrustAnchor? believed)
    {
        ArgumentNullException.ThrowIfNull(options);
        KeyBrokerOptions broker = options.Value;
        (_networkId, _time) = (broker.NetworkId, time);
        TrustAnchor anchor = believed ?? (broker.SimulatedAnchorFile is { } file ? ReadAnchor(file) : TrustAnchor.Intel);
        _images = [.. broker.ImageFiles.Select(ReadImage)];
        _verifier = new EvidenceVerifier(anchor);
        string folder = Directory.CreateDirectory(Path.Combine(broker.DataFolder, "collateral")).FullName;
        try
        {
            _floors = new FileCollateralFloorStore(Path.Combine(folder, "floors.json"));
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"{folder}/floors.json holds no floors of collateral: {e.Message}", e);
        }

        _collateral = new CollateralService(CollateralOrigin.Open(broker.CollateralAddress, broker.CollateralSocket, time), anchor, _floors, time, new CollateralFolder(folder));
        Fetches = broker.CollateralAddress is not null || broker.CollateralSocket is not null;
    }

    /// <summary>Whether collateral is fetched; then what a worker hands over is not looked at.</summary>
    internal bool Fetches { get; }

    /// <summary>Looks whether each model has an image that could get its key.</summary>
    /// <exception cref="IOException">One has none.</exception>
    internal void CheckImages(IEnumerable<ShareFile> models)
    {
        foreach (ShareFile model in models)
        {
            if (model.Manifest.Images.Count > 0 && Allowed(model.Manifest)!.Length == 0)
            {
                throw new IOException(
                    $"Nobody could get the key of {model.Manifest.Name} ({model.ManifestHash}): none of the images that its manifest allows is in {KeyBrokerOptions.Section}:{nameof(KeyBrokerOptions.ImageFiles)}. It allows {string.Join(", ", model.Manifest.Images)}.");
            }
        }
    }

    /// <summary>Judges the evidence of a request. It never throws on what that holds.</summary>
    /// <param name="statement">The statement, its bytes.</param>
    /// <param name="shown">The quote, with what came beside it.</param>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="cancellationToken">Ends the wait for collateral.</param>
    public async ValueTask<EvidenceFinding> JudgeAsync(
        ReadOnlyMemory<byte> statement, ReleaseRequest shown, EncryptedModelManifest manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(manifest);
        EventLog? log = null;
        if (shown.EventLog is { } events && !EventLog.TryParse(events, out log, out Refusal? unread))
        {
            return new EvidenceFinding(unread, TrustTier.Simulated, null, default);
        }

        GpuReferences? references = null;
        if (shown.GpuReferences is { } documents && !GpuReferences.TryDecode(documents, out references))
        {
            return new EvidenceFinding(
                new Refusal(RefusalCodes.GpuReferenceFormat, "reference values and OCSP answers were expected in deterministic CBOR"), TrustTier.Simulated, null, default);
        }

        if (!Quote.TryParse(shown.Quote, out Quote? parsed, out Refusal? refusal)
            || !_collateral.TryReadSubject(parsed!, out CollateralSubject? subject, out refusal))
        {
            return new EvidenceFinding(refusal, TrustTier.Simulated, null, default);
        }

        CollateralResult set = await _collateral.GetAsync(subject!, cancellationToken);
        bool isHanded = !set.IsThere && !Fetches && shown.Collateral is not null;
        if (isHanded)
        {
            set = await _collateral.TakeAsync(subject!, shown.Collateral!, cancellationToken);
        }

        if (!set.IsThere)
        {
            return new EvidenceFinding(set.Refusal, TrustTier.Simulated, null, default);
        }

        var policy = new EvidencePolicy
        {
            Tcb = TcbPolicy.Strict,
            Images = Allowed(manifest),
            RequiresStatement = true,
            NetworkId = _networkId,
            Role = StatementRole.KeyRequest,

            // Test keys ask for no tier, and Production holds none.
            MinimumTier = manifest.MinimumTier == TrustTier.Simulated ? null : manifest.MinimumTier,
        };
        var evidence = new Attestation.Verification.Evidence
        {
            Quote = shown.Quote,
            Collateral = set.Collateral,
            EventLog = log,
            Gpus = shown.Gpus is { } gpus ? gpus : default(ReadOnlyMemory<byte>?),
            GpuReferences = references,
            Statement = statement,
        };
        EvidenceVerdict verdict = _verifier.Verify(evidence, policy, _time.GetUtcNow());
        if (isHanded && verdict.IsAccepted)
        {
            await _collateral.ConfirmAsync(subject!, shown.Collateral!, cancellationToken);
        }

        return new EvidenceFinding(
            verdict.Refusal, verdict.Tier, verdict.Image is { } image ? new Digest(image.Id()) : null, verdict.Processor is { } processor ? PlatformId.Of(_networkId, processor.Ppid.Span) : default);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _collateral.DisposeAsync();
        _floors.Dispose();
    }

    /// <summary>The images that get a model's key; null where a test key asks for none.</summary>
    private ImageManifest[]? Allowed(EncryptedModelManifest manifest) =>
        manifest.Images.Count == 0 ? null : [.. _images.Where(image => manifest.Images.Contains(image.Id)).Select(image => image.Image)];

    private static TrustAnchor ReadAnchor(string path)
    {
        try
        {
            return TrustAnchor.ReadSimulated(File.ReadAllBytes(path));
        }
        catch (FormatException e)
        {
            throw new IOException($"{KeyBrokerOptions.Section}:{nameof(KeyBrokerOptions.SimulatedAnchorFile)}, {path}: {e.Message}", e);
        }
    }

    private static (Digest Id, ImageManifest Image) ReadImage(string path) => ImageManifest.TryParse(File.ReadAllBytes(path), out ImageManifest? image, out Refusal? refusal)
        ? (new Digest(image!.Id()), image)
        : throw new IOException($"{KeyBrokerOptions.Section}:{nameof(KeyBrokerOptions.ImageFiles)}, {path}, holds no image: {refusal}");
}
