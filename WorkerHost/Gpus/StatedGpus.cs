using CocoonOrleans.Attestation.Gpus.References;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.WorkerHost.Hosting;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Gpus;

/// <summary>What a worker's statements say of its GPUs: nothing, unless the settings ask for evidence and all GPUs give it.</summary>
public sealed partial class StatedGpus
{
    private readonly WorkerOptions _options;
    private readonly GpuCollector _collector;
    private readonly ILogger _logger;

    /// <summary>Over the GPUs of this machine.</summary>
    /// <param name="options">The worker's settings.</param>
    /// <param name="collector">Asks the GPUs.</param>
    /// <param name="logger">Hears what they showed.</param>
    public StatedGpus(IOptions<WorkerOptions> options, GpuCollector collector, ILogger<StatedGpus> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _collector, _logger) = (options.Value, collector, logger);
    }

    /// <summary>Adds the evidence of the GPUs to a statement that is not vouched for yet. It is made for this statement, and holds for those that differ from it in their clients' nonces.</summary>
    /// <param name="statement">The statement of an epoch.</param>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <returns>The statement with what it may claim, and the evidence; null where there is none.</returns>
    internal async Task<(Statement Statement, byte[]? Evidence)> AddAsync(Statement statement, CancellationToken cancellationToken)
    {
        if (_options.Quotes is not { CollectsGpuEvidence: true })
        {
            return (statement, null);
        }

        // The nonce is over everything but this hash, the tier that is claimed included.
        var claims = statement with { Tier = statement.Tier == TrustTier.Tdx ? TrustTier.Confidential : statement.Tier, GpuEvidenceSha256 = default(Digest) };
        var collected = await _collector.CollectAsync(BoundStatement.Of(claims).GpuNonce(), cancellationToken);
        if (collected.Evidence is not { } evidence)
        {
            LogNotCollected(collected.Reason!, statement.Tier);
            return (statement, null);
        }

        var bytes = evidence.Encode();
        if (bytes.Length > VouchedStatement.MaxGpuBytes)
        {
            LogNotCollected($"the evidence has {bytes.Length} bytes, and at most {VouchedStatement.MaxGpuBytes} travel", statement.Tier);
            return (statement, null);
        }

        LogCollected(evidence.Devices.Count);
        return (claims with { GpuEvidenceSha256 = Digest.Of(bytes) }, bytes);
    }

    /// <summary>NVIDIA's documents that go beside the evidence, by which everybody judges it. They are signed, and read anew each time.</summary>
    /// <returns>Null where none are handed over.</returns>
    /// <exception cref="IOException">A file can't be read, is empty, or all of them are too large.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it be read.</exception>
    internal async Task<byte[]?> ReferencesAsync(CancellationToken cancellationToken)
    {
        if (_options.Quotes is not { } quotes || quotes.GpuReferenceFiles.Count + quotes.GpuRevocationFiles.Count == 0)
        {
            return null;
        }

        byte[] bytes = new GpuReferences
        {
            Manifests = await ReadAllAsync(quotes.GpuReferenceFiles, cancellationToken),
            RevocationAnswers = await ReadAllAsync(quotes.GpuRevocationFiles, cancellationToken),
        }.Encode();
        return bytes.Length <= VouchedStatement.MaxGpuReferenceBytes
            ? bytes
            : throw new IOException($"Worker:Quotes:GpuReferenceFiles and GpuRevocationFiles must have at most {VouchedStatement.MaxGpuReferenceBytes} bytes together, not {bytes.Length}.");
    }

    private static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAllAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var read = new List<ReadOnlyMemory<byte>>();
        foreach (string path in paths)
        {
            read.Add(new FileInfo(path).Length is > 0 and <= VouchedStatement.MaxGpuReferenceBytes
                ? await File.ReadAllBytesAsync(path, cancellationToken)
                : throw new IOException($"Worker:Quotes names {path}, which must have 1 to {VouchedStatement.MaxGpuReferenceBytes} bytes."));
        }

        return read;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} GPUs gave evidence for the next statement")]
    private partial void LogCollected(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The next statement claims nothing of GPUs, and tier {Tier} at most: {Reason}")]
    private partial void LogNotCollected(string reason, TrustTier tier);
}
