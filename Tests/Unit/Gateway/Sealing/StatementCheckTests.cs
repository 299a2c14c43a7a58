using CocoonOrleans.Gateway.Hosting;
using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tunnel.Messages;
using CocoonOrleans.Tunnel.Trust;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Unit.Gateway.Sealing;

public sealed class StatementCheckTests : IDisposable
{
    private static readonly string BootId = new('1', 32);
    private static readonly string Manifest = new('a', 64);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly TunnelIdentity _identity = TunnelIdentity.Create(TimeProvider.System);
    private readonly SealedWorker _worker;
    private readonly StatementCheck _check;

    public StatementCheckTests()
    {
        _worker = new SealedWorker(_identity, BootId, [Manifest], _time);
        _check = new StatementCheck(Options.Create(new GatewayOptions()), _time);
    }

    /// <summary>What a worker may state otherwise, and the word that names it.</summary>
    public static TheoryData<string, Func<Statement, Statement>> Otherwise => new()
    {
        { "network", statement => statement with { NetworkId = "other" } },
        { "worker", statement => statement with { Role = StatementRole.Gateway } },
        { "holds", statement => statement with { NotBefore = statement.NotBefore.AddMinutes(-20), Expires = statement.Expires.AddMinutes(-20) } },
        { "holds", statement => statement with { NotBefore = statement.NotBefore.AddMinutes(2), Expires = statement.Expires.AddMinutes(2) } },
        { "tunnel", statement => statement with { TunnelKeySha256 = default } },
        { "bootId", statement => statement with { BootId = new byte[16] } },
        { "every model", statement => statement with { Models = [] } },
        { "tier", statement => statement with { Tier = TrustTier.Simulated } },
    };

    public void Dispose()
    {
        _worker.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public void FindFault_GoodStatement_IsTaken()
    {
        Assert.Null(Find(_worker.Vouched, out BoundStatement? statement));
        Assert.Equal(_worker.Statement.Hash, statement?.Hash);
    }

    [Theory, MemberData(nameof(Otherwise))]
    public void FindFault_StatementOtherwise_IsRefusedNamingIt(string named, Func<Statement, Statement> change)
    {
        Assert.Contains(named, Find(_worker.Vouch(_worker.Renew(change)), out BoundStatement? statement), StringComparison.Ordinal);
        Assert.Null(statement);
    }

    [Fact]
    public void FindFault_SignedByAnotherKey_IsRefused()
    {
        using var other = new ReceiptKey();

        Assert.Contains("receipt key", Find(new VouchedStatement(_worker.Statement.Bytes.ToArray(), other.Sign(_worker.Statement))), StringComparison.Ordinal);
        Assert.Contains("receipt key", Find(new VouchedStatement(_worker.Statement.Bytes.ToArray(), [1])), StringComparison.Ordinal);
    }

    [Fact]
    public void FindFault_BytesThatAreNoStatement_AreRefused() => Assert.Contains("form", Find(new VouchedStatement([0xa0], [1])), StringComparison.Ordinal);

    [Fact]
    public void FindFault_EpochBeforeTheKnownOne_IsRefused()
    {
        BoundStatement first = _worker.Statement;
        BoundStatement second = _worker.Renew();

        Assert.Null(Find(_worker.Vouch(second), first));
        Assert.Contains("epoch", Find(_worker.Vouch(first), second), StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_StatementHasExpired_IsOpenNoMore()
    {
        using var seal = new WorkerSeal(_time);
        Assert.False(seal.IsOpen);

        Assert.True(seal.TryRenew(_worker.Statement, out _));
        Assert.True(seal.IsOpen);

        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.False(seal.IsOpen);

        Assert.True(seal.TryRenew(_worker.Renew(), out _));
        Assert.True(seal.IsOpen);
    }

    private string? Find(VouchedStatement vouched, BoundStatement? before = null) => Find(vouched, out _, before);

    private string? Find(VouchedStatement vouched, out BoundStatement? statement, BoundStatement? before = null)
    {
        var registration = new WorkerRegistration(
            "desk", "provider-1", new EngineDescription("native", "1"), BootId, [new ModelOffer("house", Manifest, new string('b', 64), 512, 4, new OfferedPrices(1, 1, 1))]);
        return _check.FindFault(vouched, _identity.Id, registration, before, out statement);
    }
}
