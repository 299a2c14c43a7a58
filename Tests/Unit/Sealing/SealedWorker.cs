using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.AspNetCore.Http;

namespace CocoonOrleans.Tests.Unit.Sealing;

/// <summary>The keys and the statement of a worker in tests, and how it opens what was sealed to it.</summary>
public sealed class SealedWorker : IDisposable
{
    public const string NetworkId = "local";

    private readonly TunnelIdentity _identity;
    private readonly string _bootId;
    private readonly string[] _manifests;
    private readonly EpochKeyRing _keys;
    private readonly RequestOpener _opener;

    /// <param name="identity">The key of its tunnel.</param>
    /// <param name="bootId">Of its registration.</param>
    /// <param name="manifests">The models that it serves.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="limits">How much it keeps for an epoch.</param>
    public SealedWorker(TunnelIdentity identity, string bootId, string[] manifests, TimeProvider? time = null, EpochLimits? limits = null)
    {
        (_identity, _bootId, _manifests) = (identity, bootId, manifests);
        _keys = new EpochKeyRing(time ?? TimeProvider.System, limits);
        _opener = new RequestOpener(_keys, time ?? TimeProvider.System);
        Statement = Renew();
    }

    /// <summary>Signs its statements and receipts.</summary>
    public ReceiptKey Receipts { get; } = new();

    /// <summary>The newest statement.</summary>
    public BoundStatement Statement { get; private set; }

    /// <summary>The newest statement as it travels.</summary>
    public VouchedStatement Vouched => Vouch(Statement);

    /// <summary>Begins an epoch.</summary>
    /// <param name="change">What the statement says otherwise.</param>
    public BoundStatement Renew(Func<Statement, Statement>? change = null)
    {
        var epoch = _keys.Begin();
        var statement = new Statement
        {
            NetworkId = NetworkId,
            Role = StatementRole.Worker,
            Tier = TrustTier.Open,
            BootId = Convert.FromHexString(_bootId),
            Epoch = epoch.Number,
            NotBefore = epoch.Begins,
            Expires = epoch.Begins + EpochKeyRing.Length,
            Keys = epoch.Keys,
            ReceiptKey = Receipts.PublicKey,
            TunnelKeySha256 = new Digest(Convert.FromHexString(_identity.Id)),
            Models = [.. _manifests.Select(manifest => new Digest(Convert.FromHexString(manifest)))],
            EngineVersion = "1",
            Quantisation = "none",
        };
        Statement = BoundStatement.Of(change?.Invoke(statement) ?? statement);
        _keys.TryAddress(Statement);
        return Statement;
    }

    /// <summary>A statement with its signature.</summary>
    public VouchedStatement Vouch(BoundStatement statement) => new(statement.Bytes.ToArray(), Receipts.Sign(statement));

    /// <summary>Opens the body of a job.</summary>
    /// <returns>Null where it can't be opened.</returns>
    public async Task<OpenedRequest?> OpenAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return _opener.TryOpen(body.ToArray(), out var request, out _) ? request : null;
    }

    public void Dispose()
    {
        _keys.Dispose();
        Receipts.Dispose();
    }
}
