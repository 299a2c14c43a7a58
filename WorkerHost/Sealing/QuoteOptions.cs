using System.ComponentModel.DataAnnotations;
using System.Text;
using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Attestation.Images;
using CocoonOrleans.Attestation.Refusals;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>What makes the quotes that stand behind a worker's statements. Configuration section <c>Worker:Quotes</c>; without it the worker's tier is <see cref="TrustTier.Open"/>.</summary>
public sealed class QuoteOptions : IValidatableObject
{
    private const int LongestSocket = 107;
    private const string KernelEventLog = "/sys/firmware/acpi/tables/data/CCEL";

    private Digest? _imageId;
    private TrustTier _imageTier;

    /// <summary>The folder in which the kernel of a TD takes requests, such as <c>/sys/kernel/config/tsm/report</c>; null where <see cref="Socket"/> is set.</summary>
    public string? Folder { get; set; }

    /// <summary>The unix socket of a quote service, at most 107 bytes; null where <see cref="Folder"/> is set.</summary>
    public string? Socket { get; set; }

    /// <summary>
    /// Whether quotes are of the simulated issuer: then the statements claim <see cref="TrustTier.Simulated"/> and never more. Refused in Production. What quotes are
    /// worth is for the gateway's anchor to say; who leaves this out with a simulated source claims <see cref="TrustTier.Tdx"/> in vain.
    /// </summary>
    public bool IsSimulated { get; set; }

    /// <summary>The id of the image that runs, 64 lower-case hex digits; a statement of tier <see cref="TrustTier.Tdx"/> names it.</summary>
    [RegularExpression("^[0-9a-f]{64}$", ErrorMessage = "must be 64 lower-case hex digits.")]
    public string? Image { get; set; }

    /// <summary>Instead of <see cref="Image"/>: the manifest of the image that runs, in CBOR or JSON, whose id the statements name.</summary>
    public string? ImageFile { get; set; }

    /// <summary>A file of collateral in JSON that goes to the gateways with each quote, for those that can't fetch it; null for none. It is read anew each epoch.</summary>
    public string? CollateralFile { get; set; }

    /// <summary>
    /// Whether the worker measures into RTMR3 what it is. False only for images that list no events of it, such as those with a kernel before Linux 6.16, which lets nobody measure.
    /// </summary>
    public bool Measures { get; set; } = true;

    /// <summary>The event log of the firmware, a CCEL table, which goes to gateways and clients beside each quote; null for the kernel's, where <see cref="Folder"/> is set.</summary>
    public string? EventLogFile { get; set; }

    /// <summary>The kernel's file of RTMR3; null for where it is. With <see cref="Socket"/> the service has the register.</summary>
    public string? RegisterFile { get; set; }

    /// <summary>
    /// Whether the GPUs of the machine are asked for evidence with each epoch, by NVIDIA's library: with it the statements claim <see cref="TrustTier.Confidential"/>, for which the image must be of that tier too. Where it can't be
    /// had, the log says why, and the statements claim nothing of GPUs.
    /// </summary>
    public bool CollectsGpuEvidence { get; set; }

    /// <summary>Files of NVIDIA's reference values (RIM, XML) for driver and VBIOS of the GPUs, which go to gateways and clients beside the evidence; at most 16. They are read anew each epoch.</summary>
    [MaxLength(GpuReferences.MostManifests)]
    public List<string> GpuReferenceFiles { get; set; } = [];

    /// <summary>Files of NVIDIA's OCSP answers (DER) about the certificates of GPUs and reference values, not older than seven days; at most 128. They are read anew each epoch.</summary>
    [MaxLength(GpuReferences.MostRevocationAnswers)]
    public List<string> GpuRevocationFiles { get; set; } = [];

    /// <summary>Where the firmware's event log is; null where none is handed over.</summary>
    internal string? EventLogPath => EventLogFile ?? (string.IsNullOrWhiteSpace(Folder) || !Measures ? null : KernelEventLog);

    /// <summary>What the statements claim.</summary>
    internal TrustTier Tier => IsSimulated ? TrustTier.Simulated : TrustTier.Tdx;

    /// <summary>The image that the statements name.</summary>
    internal Digest? ImageId => Image is not null ? new Digest(Convert.FromHexString(Image)) : ImageFile is not null ? _imageId ??= ReadImage(ImageFile, out _) : null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Folder) == string.IsNullOrWhiteSpace(Socket))
        {
            yield return new ValidationResult("must name one source: the kernel's Folder, or the Socket of a quote service.", [nameof(Folder)]);
        }

        if (Socket is { } socket && Encoding.UTF8.GetByteCount(socket) > LongestSocket)
        {
            yield return new ValidationResult($"must have at most {LongestSocket} bytes, as sockets' paths have.", [nameof(Socket)]);
        }

        if (!IsSimulated && Image is null && ImageFile is null)
        {
            yield return new ValidationResult("must be the id of the image that runs: a statement of tier tdx names it. A simulated source says so with IsSimulated.", [nameof(Image)]);
        }

        if (Measures && EventLogPath is null && !string.IsNullOrWhiteSpace(Socket))
        {
            yield return new ValidationResult("must be the firmware's event log, behind which the worker writes what it measures; or set Worker:Quotes:Measures to false.", [nameof(EventLogFile)]);
        }

        if (CollectsGpuEvidence && !IsSimulated && ImageFile is not null && ReadImage(ImageFile, out _) is not null && _imageTier != TrustTier.Confidential)
        {
            yield return new ValidationResult("must be the manifest of an image of tier confidential where CollectsGpuEvidence is set: no other image shows that tier.", [nameof(ImageFile)]);
        }

        if (ImageFile is not null && Image is not null)
        {
            yield return new ValidationResult("must be absent where Image names the image.", [nameof(ImageFile)]);
        }
        else if (ImageFile is not null && ReadImage(ImageFile, out string? reason) is null)
        {
            yield return new ValidationResult($"must be the manifest of an image: {reason}.", [nameof(ImageFile)]);
        }
    }

    private Digest? ReadImage(string path, out string? reason)
    {
        try
        {
            if (ImageManifest.TryParse(File.ReadAllBytes(path), out ImageManifest? manifest, out Refusal? refusal))
            {
                reason = null;
                _imageTier = manifest!.Tier;
                return new Digest(manifest.Id());
            }

            reason = refusal!.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e.Message;
        }

        return null;
    }
}
