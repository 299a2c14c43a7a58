using CocoonOrleans.Attestation.Collaterals;
using CocoonOrleans.Attestation.EventLogs;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Provisioning;
using CocoonOrleans.Attestation.Quotes;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Attestation.Verification;
using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.Gateway.Attestation;

/// <summary>Judges quotes that stand behind workers' statements, with collateral that is kept for all workers. Safe on many threads at a time.</summary>
public sealed class EvidenceCheck : IAsyncDisposable
{
    private readonly EvidenceVerifier _verifier;
    private readonly CollateralService _collateral;
    private readonly FileCollateralFloorStore _floors;
    private readonly EvidencePolicy _policy;
    private readonly TimeProvider _time;

    /// <summary>Reads anchor, images and floors.</summary>
    /// <param name="options">Section <c>Gateway</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of collateral that can't be fetched.</param>
    /// <exception cref="IOException">A file can't be read, or holds something else.</exception>
    public EvidenceCheck(IOptions<GatewayOptions> options, TimeProvider time, ILogger<EvidenceCheck> logger)
        : this(options, time, logger, null)
    {
    }

    /// <summary>With an anchor that no settings can name: for tests, whose GPUs are no NVIDIA's.</summary>
    internal EvidenceCheck(IOptions<GatewayOptions> options, TimeProvider time, ILogger<EvidenceCheck> logger, TrustAnchor? believed)
    {
        ArgumentNullException.ThrowIfNull(options);
        GatewayOptions gateway = options.Value;
        AttestationOptions attestation = gateway.Attestation;
        _time = time;
        TrustAnchor anchor = believed ?? (attestation.SimulatedAnchorFile is { } file ? AnchorFile.Read(file) : TrustAnchor.Intel);
        _policy = new EvidencePolicy
        {
            Tcb = attestation.Tcb.ToPolicy(),
            Images = attestation.ImageFiles.Count == 0 ? null : [.. attestation.ImageFiles.Select(ReadImage)],
            RequiresStatement = true,
            NetworkId = gateway.NetworkId,
            Role = StatementRole.Worker,
        };
        _verifier = new EvidenceVerifier(anchor);
        string folder = Directory.CreateDirectory(Path.Combine(gateway.DataFolder, "collateral")).FullName;
        _floors = OpenFloors(Path.Combine(folder, "floors.json"));
        _collateral = new CollateralService(attestation.CreateClient(time), anchor, _floors, time, new CollateralFolder(folder), new CollateralLog(logger));
    }

    /// <summary>Judges a statement's evidence. It never throws on what the evidence holds.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="shown">The quote that was made for it, with what came beside it.</param>
    /// <param name="handed">Collateral that the worker handed over, JSON; null where none came. It is used where none can be fetched, and checked like what is fetched.</param>
    /// <param name="cancellationToken">Ends the wait for collateral.</param>
    public async ValueTask<EvidenceFinding> JudgeAsync(BoundStatement statement, ShownEvidence shown, byte[]? handed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(shown);
        EventLog? log = null;
        if (!shown.EventLog.IsEmpty && !EventLog.TryParse(shown.EventLog.Span, out log, out Refusal? unread))
        {
            return EvidenceFinding.Refused(unread!);
        }

        GpuReferences? references = null;
        if (!shown.GpuReferences.IsEmpty && !GpuReferences.TryDecode(shown.GpuReferences, out references))
        {
            return EvidenceFinding.Refused(new Refusal(RefusalCodes.GpuReferenceFormat, "reference values and OCSP answers were expected in deterministic CBOR"));
        }

        if (!Quote.TryParse(shown.Voucher.Span, out Quote? parsed, out Refusal? refusal)
            || !_collateral.TryReadSubject(parsed!, out CollateralSubject? subject, out refusal))
        {
            return EvidenceFinding.Refused(refusal!);
        }

        CollateralResult set = await _collateral.GetAsync(subject!, cancellationToken);
        if (set.IsThere)
        {
            return Judge(statement, shown, set.Collateral, log, references);
        }

        if (handed is not { } json)
        {
            return EvidenceFinding.Refused(set.Refusal);
        }

        set = await _collateral.TakeAsync(subject!, json, cancellationToken);
        if (!set.IsThere)
        {
            return EvidenceFinding.Refused(set.Refusal);
        }

        // Whoever is refused has changed nothing for others.
        EvidenceFinding finding = Judge(statement, shown, set.Collateral, log, references);
        if (finding.Refusal is null)
        {
            await _collateral.ConfirmAsync(subject!, json, cancellationToken);
        }

        return finding;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _collateral.DisposeAsync();
        _floors.Dispose();
    }

    private EvidenceFinding Judge(BoundStatement statement, ShownEvidence shown, Collateral collateral, EventLog? log, GpuReferences? references)
    {
        var evidence = new Evidence
        {
            Quote = shown.Voucher,
            Collateral = collateral,
            EventLog = log,
            Gpus = shown.Gpus.IsEmpty ? default(ReadOnlyMemory<byte>?) : shown.Gpus,
            GpuReferences = references,
            Statement = statement.Bytes,
        };
        EvidenceVerdict verdict = _verifier.Verify(evidence, _policy, _time.GetUtcNow());
        return verdict.Refusal is { } refused ? EvidenceFinding.Refused(refused) : new EvidenceFinding(verdict.Tier, verdict.ValidUntil!.Value, null, MachineOf(verdict));
    }

    private VerifiedMachine MachineOf(EvidenceVerdict verdict) => new(
        verdict.Assurance,
        verdict.Image is { } image ? new Digest(image.Id()) : null,
        Convert.ToHexStringLower(verdict.Quote!.Td!.MrTd.Span),
        PlatformId.Of(_policy.NetworkId!, verdict.Processor!.Ppid.Span),
        verdict.MustDrain);

    private static ImageManifest ReadImage(string path) => ImageManifest.TryParse(File.ReadAllBytes(path), out ImageManifest? image, out Refusal? refusal)
        ? image!
        : throw new IOException($"Gateway:Attestation:ImageFiles, {path}, holds no image: {refusal}");

    private static FileCollateralFloorStore OpenFloors(string path)
    {
        try
        {
            return new FileCollateralFloorStore(path);
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"{path} holds no floors of collateral: {e.Message}", e);
        }
    }
}
