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
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Models;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Sealing;

/// <summary>
/// Makes the worker's statements: the first when the models are loaded, before any gateway is dialled, and with each epoch's new keys the next, a while before
/// the one before it ends. Gateways learn from heartbeats that there is another one, and fetch it.
/// </summary>
public sealed partial class WorkerStatements(
    EpochKeyRing keys,
    ReceiptKey receiptKey,
    IStatementVoucher voucher,
    TunnelIdentity identity,
    DialingOptions dialing,
    ServedModels models,
    IInferenceEngine engine,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    ILogger<WorkerStatements> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private volatile Newest? _newest;
    private Task _renewing = Task.CompletedTask;

    /// <summary>The newest statement, with what vouches for it.</summary>
    /// <exception cref="UnreachableException">The worker has not started.</exception>
    public VouchedStatement Vouched => Now.Vouched;

    /// <summary>The hash of the newest statement.</summary>
    /// <exception cref="UnreachableException">The worker has not started.</exception>
    public Digest Hash => Now.Hash;

    private Newest Now => _newest ?? throw new UnreachableException("No gateway is dialled before there is a statement.");

    /// <summary>Makes the first statement.</summary>
    /// <exception cref="IOException">Nothing vouches for it: without that no gateway would take the worker.</exception>
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
        var pause = EpochKeyRing.Length - RenewBefore;
        try
        {
            while (true)
            {
                await Task.Delay(pause, time, cancellationToken);
                try
                {
                    await RenewAsync(cancellationToken);
                    pause = EpochKeyRing.Length - RenewBefore;
                }
                catch (IOException e)
                {
                    // Gateways send no more jobs once the statement that they have has expired.
                    LogNotVouched(e.Message);
                    pause = RetryPause;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The worker stops.
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var epoch = keys.Begin();
        var statement = BoundStatement.Of(new Statement
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
            EngineVersion = engine.Capabilities.Version,
            Quantisation = Quantisation(),
        });
        var vouched = await voucher.VouchAsync(statement, cancellationToken);
        if (!keys.TryAddress(statement))
        {
            throw new UnreachableException("The keys of an epoch take its own statement.");
        }

        _newest = new Newest(statement.Hash, new VouchedStatement(statement.Bytes.ToArray(), vouched.ToArray()));
        LogStated(epoch.Number, statement.Hash, statement.Statement.Expires);
    }

    /// <summary>How the engine keeps weights; where another server computes, that is its own affair.</summary>
    private string Quantisation() => engine.Capabilities.Kind switch
    {
        EngineKind.Native when options.Value.Native.Quantization != WeightQuantization.None => options.Value.Native.Quantization.ToString().ToLowerInvariant(),
        EngineKind.Upstream => "unknown",
        _ => "none",
    };

    private sealed record Newest(Digest Hash, VouchedStatement Vouched);
}
