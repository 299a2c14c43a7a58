using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing;

/// <summary>A worker with keys and a statement.</summary>
internal sealed class TestWorker : IDisposable
{
    private readonly FakeTimeProvider _time;
    private readonly TrustTier _tier;

    public TestWorker(FakeTimeProvider time, TrustTier tier = TrustTier.Tdx, EpochLimits? epoch = null, OpenerLimits? opener = null)
    {
        _time = time;
        _tier = tier;
        Keys = new EpochKeyRing(time, epoch);
        Opener = new RequestOpener(Keys, time, opener);
        BeginEpoch();
    }

    public EpochKeyRing Keys { get; }

    public RequestOpener Opener { get; }

    public ReceiptKey Receipts { get; } = new();

    /// <summary>The epoch's statement.</summary>
    public BoundStatement Statement { get; private set; } = null!;

    public static Statement NewStatement(Epoch epoch, ReadOnlyMemory<byte> receiptKey, TrustTier tier = TrustTier.Tdx) => new()
    {
        NetworkId = "cocoon-test",
        Role = StatementRole.Worker,
        Tier = tier,
        BootId = new byte[16],
        Epoch = epoch.Number,
        NotBefore = epoch.Begins,
        Expires = epoch.Begins + EpochKeyRing.Length,
        Keys = epoch.Keys,
        ReceiptKey = receiptKey,
        TunnelKeySha256 = Digest.Of("tls"u8),
        Beacon = Digest.Of("block"u8),
        GpuEvidenceSha256 = tier == TrustTier.Confidential ? Digest.Of("gpu"u8) : null,
        Models = [Sample.Model],
        Image = tier >= TrustTier.Tdx ? Digest.Of("image"u8) : null,
        EngineVersion = "native 1.0",
        Quantisation = "bfloat16",
    };

    public BoundStatement BeginEpoch()
    {
        Statement = BoundStatement.Of(NewStatement(Keys.Begin(), Receipts.PublicKey, _tier));
        Assert.True(Keys.TryAddress(Statement));
        return Statement;
    }

    /// <summary>A further statement with the same keys.</summary>
    public BoundStatement Address(Func<Statement, Statement> change)
    {
        var statement = BoundStatement.Of(change(Statement.Statement));
        Assert.True(Keys.TryAddress(statement));
        return statement;
    }


    public SealedRequest Seal(TestWorker[]? others = null, RequestTerms? terms = null, byte[]? body = null)
    {
        BoundStatement[] workers = [Statement, .. (others ?? []).Select(other => other.Statement)];
        Assert.True(new RequestSealer(_time).TrySeal(terms ?? Sample.Terms(_time.GetUtcNow()), Sample.Meta, body ?? Sample.Body, workers, out var request, out var fault), fault.ToString());
        return request;
    }

    public OpenedRequest Open(SealedRequest request)
    {
        Assert.True(Opener.TryOpen(request.Bytes.Span, out var opened, out var fault), fault.ToString());
        return opened;
    }

    /// <summary>What the worker says of any bytes.</summary>
    public SealingFault Judge(ReadOnlySpan<byte> bytes)
    {
        var opens = Opener.TryOpen(bytes, out var opened, out var fault);
        Assert.Equal(opens, fault == SealingFault.None);
        opened?.Dispose();
        return fault;
    }

    public void Dispose()
    {
        Keys.Dispose();
        Receipts.Dispose();
    }
}
