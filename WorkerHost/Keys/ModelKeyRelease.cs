using CocoonOrleans.Inference.Engines;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Models;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Dialing;
using CocoonOrleans.Tunnel.Trust;
using CocoonOrleans.WorkerHost.Gpus;
using CocoonOrleans.WorkerHost.Hosting;
using CocoonOrleans.WorkerHost.Measuring;
using CocoonOrleans.WorkerHost.Sealing;
using Microsoft.Extensions.Options;

namespace CocoonOrleans.WorkerHost.Keys;

/// <summary>
/// Asks a model's key brokers for its key: a nonce of each, one statement and one quote for all of them, a share of each, joined. The key that the shares are sealed to lives for one attempt. Neither it nor a
/// share nor the model's key is ever written anywhere.
/// </summary>
public sealed partial class ModelKeyRelease : IDisposable
{
    private const int Attempts = 3;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly IStatementVoucher _voucher;
    private readonly TunnelIdentity _identity;
    private readonly ReceiptKey _receiptKey;
    private readonly DialingOptions _dialing;
    private readonly IInferenceEngine _engine;
    private readonly WorkerOptions _options;
    private readonly StatedCollateral _collateral;
    private readonly WorkerMeasurement _measurement;
    private readonly StatedGpus _gpus;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelKeyRelease> _logger;
    private readonly HttpClient _http;

    /// <summary>Makes it; nothing is asked yet.</summary>
    public ModelKeyRelease(
        IStatementVoucher voucher,
        TunnelIdentity identity,
        ReceiptKey receiptKey,
        DialingOptions dialing,
        IInferenceEngine engine,
        IOptions<WorkerOptions> options,
        StatedCollateral collateral,
        WorkerMeasurement measurement,
        StatedGpus gpus,
        TimeProvider time,
        ILogger<ModelKeyRelease> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_voucher, _identity, _receiptKey, _dialing, _engine, _options, _collateral, _measurement, _gpus, _time, _logger) =
            (voucher, identity, receiptKey, dialing, engine, options.Value, collateral, measurement, gpus, time, logger);

        // No proxy, no redirect: a broker is asked where its operator says, or not at all.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = ConnectLimit })
        {
            MaxResponseContentBufferSize = ReleaseHttp.MostAnswerBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Gets the key of a model.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="manifest">Its encrypted manifest.</param>
    /// <param name="addresses">Where its brokers answer, in the manifest's order; null for where the manifest says.</param>
    /// <param name="cancellationToken">The worker stops.</param>
    /// <returns>The key, the caller's to dispose of.</returns>
    /// <exception cref="KeyReleaseException">It was not released.</exception>
    public async Task<ModelKey> AskAsync(string model, EncryptedModelManifest manifest, IReadOnlyList<string>? addresses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (_voucher.Tier == TrustTier.Open)
        {
            throw new KeyReleaseException(model, "keys are released to machines that show a quote. Name a source with Worker:Quotes.");
        }

        if (addresses is not null && addresses.Count != manifest.Brokers.Count)
        {
            throw new KeyReleaseException(model, $"the manifest names {manifest.Brokers.Count} brokers, and Worker:Models:n:Brokers {addresses.Count}. Name as many, in its order, or none.");
        }

        BrokerClient[] brokers = [.. (addresses ?? [.. manifest.Brokers.Select(broker => broker.Address)]).Select(address => new BrokerClient(_http, address, _time))];
        Digest manifestHash = manifest.Hash();
        TimeSpan pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            LogAsking(model, manifestHash, brokers.Length, manifest.Threshold);
            var (key, refused) = await TryAsync(model, manifest, manifestHash, brokers, cancellationToken);
            if (key is not null)
            {
                return key;
            }

            if (attempt == Attempts || !refused!.Refusals.Any(refusal => refusal.MayPass))
            {
                throw refused!;
            }

            await Task.Delay(pause, _time, cancellationToken);
            pause *= 2;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<(ModelKey? Key, KeyReleaseException? Refused)> TryAsync(
        string model, EncryptedModelManifest manifest, Digest manifestHash, BrokerClient[] brokers, CancellationToken cancellationToken)
    {
        var nonces = await Task.WhenAll(brokers.Select(broker => broker.NonceAsync(cancellationToken)));
        int[] reached = [.. nonces.Index().Where(nonce => nonce.Item.Nonce is not null).Select(nonce => nonce.Index)];
        List<BrokerRefusal> refusals = [.. nonces.Select(nonce => nonce.Refusal).OfType<BrokerRefusal>()];
        if (reached.Length < manifest.Threshold)
        {
            return (null, Refused(0));
        }

        using var releaseKey = new ReleaseKey();
        var batch = new NonceBatch([.. reached.Select(index => nonces[index].Nonce!.Value)]);
        var (stated, gpus) = await _gpus.AddAsync(State(releaseKey, batch.Root, manifestHash), cancellationToken);
        BoundStatement statement = BoundStatement.Of(stated);
        ReadOnlyMemory<byte> quote;
        byte[]? collateral, references;
        try
        {
            quote = await _voucher.VouchAsync(statement, cancellationToken);
            collateral = await _collateral.ReadAsync(cancellationToken);
            references = gpus is null ? null : await _gpus.ReferencesAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refusals.Add(new BrokerRefusal("worker", "quote.unavailable", e.Message, mayPass: true));
            return (null, Refused(0));
        }

        var answers = await Task.WhenAll(reached.Select((index, place) => brokers[index].ReleaseAsync(
            new ReleaseRequest(
                manifestHash.ToString(),
                statement.Bytes.ToArray(),
                quote.ToArray(),
                nonces[index].Nonce!.Value.ToArray(),
                batch.Prove(place).Encode(),
                collateral,
                _measurement.EventLog,
                gpus,
                references),
            cancellationToken)));
        var shares = new List<KeyShare>();
        try
        {
            foreach (var (place, (answer, refusal)) in answers.Index())
            {
                int index = reached[place];
                KeyShare? share = answer is null ? null : releaseKey.TryOpen(statement, manifestHash, answer);
                if (share is not null && share.X == index + 1 && share.Hash() == manifest.Brokers[index].ShareHash)
                {
                    shares.Add(share);
                    continue;
                }

                share?.Dispose();
                refusals.Add(refusal ?? new BrokerRefusal(brokers[index].Address, "share.forged", "what it answered is not the share that the manifest names"));
            }

            foreach (BrokerRefusal refusal in refusals)
            {
                LogRefused(model, refusal.Broker, refusal.Code, refusal.Detail);
            }

            if (shares.Count < manifest.Threshold)
            {
                return (null, Refused(shares.Count));
            }

            var key = ModelKey.Join(shares[..manifest.Threshold]);
            if (key.Hash() == manifest.KeyHash)
            {
                LogReleased(model, statement.Hash, shares.Count);
                return (key, null);
            }

            key.Dispose();
            return (null, new KeyReleaseException(model, "the shares are those that the manifest names, and yet give another key. Get the manifest again from the model's owner."));
        }
        finally
        {
            shares.ForEach(share => share.Dispose());
        }

        KeyReleaseException Refused(int count) => new(model, manifestHash, count, manifest.Threshold, refusals);
    }

    private Statement State(ReleaseKey key, Digest nonceRoot, Digest manifestHash)
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        return new Statement
        {
            NetworkId = _options.NetworkId,
            Role = StatementRole.KeyRequest,
            Tier = _voucher.Tier,
            BootId = Convert.FromHexString(_dialing.BootId),
            Epoch = 0,
            NotBefore = now,
            Expires = now + Life,
            Keys = [key.PublicKey],
            ReceiptKey = _receiptKey.PublicKey,
            TunnelKeySha256 = Digest.Of(_identity.PublicKey.SubjectPublicKeyInfo.Span),
            NonceRoot = nonceRoot,
            Models = [manifestHash],
            Image = _options.Quotes?.ImageId,
            EngineVersion = _engine.Capabilities.Version,
            Quantisation = "none",
        };
    }
}
