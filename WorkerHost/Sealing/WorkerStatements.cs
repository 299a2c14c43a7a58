using System.Diagnostics;
using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Inference.Models;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Gpus;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Measuring;
using CocoonOrleans.WorkerHost.Models;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>
/// Makes the worker's statements: the first when the models are loaded, before any gateway is dialled, and with each epoch's new keys the next, a while before
/// the one before it ends. Gateways learn from heartbeats that there is another one, and fetch it. What is to vouch for them may fail: it is asked again, ever more
/// slowly, and until it does the worker has no statement, so it gets no jobs; another tier than its own it never takes.
/// </summary>
public sealed partial class WorkerStatements(
    EpochKeyRing keys,
    ReceiptKey receiptKey,
    IStatementVoucher voucher,
    TunnelIdentity identity,
    DialingOptions dialing,
    ServedModels models,
    IInferenceEngine engine,
    StatedCollateral collateral,
    WorkerMeasurement measurement,
    StatedGpus gpus,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<WorkerStatements> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // A statement that nothing vouched for yet is tried again as long as half of its life is left: each new one would push older keys out of the ring.
    private static readonly TimeSpan LongestWait = EpochKeyRing.Length / 2;

    private readonly CancellationTokenSource _stopping = new();
    private volatile Newest? _newest;
    private BoundStatement? _unvouched;
    private byte[]? _gpuEvidence;
    private Task _renewing = Task.CompletedTask;

    /// <summary>The newest statement, with what vouches for it.</summary>
    /// <exception cref="UnreachableException">The worker has not started.</exception>
    public VouchedStatement Vouched => Now.Vouched;

    /// <summary>The hash of the newest statement.</summary>
    /// <exception cref="UnreachableException">The worker has not started.</exception>
    public Digest Hash => Now.Hash;

    /// <summary>The statement of the epoch with clients' nonces in it, not vouched for yet.</summary>
    /// <param name="nonceRoot">The root over the nonces.</param>
    /// <returns>Null where the epoch's statement has expired, or as many statements as there may be address its keys.</returns>
    internal BoundStatement? MakeFresh(Digest nonceRoot)
    {
        var statement = Now.Statement;
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        if (now >= statement.Expires)
        {
            return null;
        }

        // The GPUs' evidence of the epoch is for a nonce over all but the root: what is beside it stays as it was.
        var begins = statement.GpuEvidenceSha256 is null && now > statement.NotBefore ? now : statement.NotBefore;
        var fresh = BoundStatement.Of(statement with { NotBefore = begins, NonceRoot = nonceRoot });
        return keys.TryAddress(fresh) ? fresh : null;
    }

    private Newest Now => _newest ?? throw new UnreachableException("No gateway is dialled before there is a statement.");

    /// <summary>Makes the first statement, however often it takes: without one no gateway would take the worker.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RenewAsync(cancellationToken);
        _renewing = KeepNewAsync(_stopping.Token);
    }

    /// <summary>Makes no more statements.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _renewing;
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task KeepNewAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var left = Now.Statement.Expires - RenewBefore - time.GetUtcNow();
                await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
                await RenewAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The worker stops.
        }
    }

    /// <summary>Tries until there is a new statement. Gateways send no more jobs once the one that they have has expired.</summary>
    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (await TryRenewAsync(cancellationToken) is { } reason)
        {
            LogNotVouched(reason, pause.TotalSeconds);
            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <returns>Why there is no new statement; null where there is.</returns>
    private async Task<string?> TryRenewAsync(CancellationToken cancellationToken)
    {
        BoundStatement statement;
        try
        {
            if (_unvouched is null || time.GetUtcNow() - _unvouched.Statement.NotBefore > LongestWait)
            {
                _unvouched = await BeginAsync(cancellationToken);
            }

            statement = _unvouched;
            var evidence = await voucher.VouchAsync(statement, cancellationToken);
            _newest = new Newest(statement.Hash, statement.Statement, new VouchedStatement(
                statement.Bytes.ToArray(),
                evidence.ToArray(),
                await collateral.ReadAsync(cancellationToken),
                measurement.EventLog,
                _gpuEvidence,
                _gpuEvidence is null ? null : await gpus.ReferencesAsync(cancellationToken)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        catch (Exception e) when (_newest is not null && !cancellationToken.IsCancellationRequested)
        {
            // The first statement fails the start with what it is. Later nobody would hear of it, and the worker would stand idle: it is tried again, as what can't be reached is.
            LogFault(e);
            return e.Message;
        }

        _unvouched = null;
        LogStated(statement.Statement.Epoch, statement.Statement.Tier, statement.Hash, statement.Statement.Expires);
        return null;
    }

    /// <summary>Begins an epoch, whose keys take what is sealed to its statement.</summary>
    private async Task<BoundStatement> BeginAsync(CancellationToken cancellationToken)
    {
        var epoch = keys.Begin();
        (var stated, _gpuEvidence) = await gpus.AddAsync(State(epoch), cancellationToken);
        var statement = BoundStatement.Of(stated);
        return keys.TryAddress(statement) ? statement : throw new UnreachableException("The keys of an epoch take its own statement.");
    }

    private Statement State(Epoch epoch) => new()
    {
        NetworkId = options.Value.NetworkId,
        Role = StatementRole.Worker,
        Tier = voucher.Tier,
        BootId = Convert.FromHexString(dialing.BootId),
        Epoch = epoch.Number,
        NotBefore = epoch.Begins,
        Expires = epoch.Begins + EpochKeyRing.Length,
        Keys = epoch.Keys,
        ReceiptKey = receiptKey.PublicKey,
        TunnelKeySha256 = Digest.Of(identity.PublicKey.SubjectPublicKeyInfo.Span),
        Models = [.. models.All.Select(model => new Digest(Convert.FromHexString(model.Loaded.ManifestSha256))).Distinct()],
        Image = options.Value.Quotes?.ImageId,
        EngineVersion = engine.Capabilities.Version,
        Quantisation = Quantisation,
    };

    /// <summary>How the engine keeps weights; where another server computes, that is its own affair.</summary>
    internal string Quantisation => engine.Capabilities.Kind switch
    {
        EngineKind.Native when options.Value.Native.Quantization != WeightQuantization.None => options.Value.Native.Quantization.ToString().ToLowerInvariant(),
        EngineKind.Upstream => "unknown",
        _ => "none",
    };

    /// <summary>The tier that its statements claim.</summary>
    internal TrustTier Tier => voucher.Tier;

    private sealed record Newest(Digest Hash, Statement Statement, VouchedStatement Vouched);
}
