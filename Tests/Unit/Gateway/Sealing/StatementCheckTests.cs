using CocoonOrleans.Gateway.Sealing;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Unit.Gateway.Attestation;
using CocoonOrleans.Tests.Unit.Sealing;
using CocoonOrleans.Tunnel.Messages;

namespace CocoonOrleans.Tests.Unit.Gateway.Sealing;

public sealed class StatementCheckTests : IAsyncLifetime
{
    private readonly AttestedWorld _attested = AttestedWorld.Create();

    private SealedWorker Worker => _attested.Worker;

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
        { "quote.", statement => statement with { Tier = TrustTier.Simulated } },
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _attested.DisposeAsync();

    [Fact]
    public async Task Check_GoodStatement_IsTaken()
    {
        StatementFinding finding = await _attested.CheckAsync(Worker.Vouched);

        Assert.True(finding.IsTaken, finding.Refusal?.Message);
        Assert.Equal((Worker.Statement.Hash, TrustTier.Open), (finding.Statement.Bound.Hash, finding.Statement.Tier));
    }

    [Theory, MemberData(nameof(Otherwise))]
    public async Task Check_StatementOtherwise_IsRefusedNamingIt(string named, Func<Statement, Statement> change)
    {
        StatementFinding finding = await _attested.CheckAsync(Worker.Vouch(Worker.Renew(change)));

        Assert.Contains(named, finding.Refusal?.Message, StringComparison.Ordinal);
        Assert.Null(finding.Statement);
    }

    [Fact]
    public async Task Check_SignedByAnotherKey_IsRefused()
    {
        using var other = new ReceiptKey();

        Assert.Contains("receipt key", await FaultAsync(new VouchedStatement(Worker.Statement.Bytes.ToArray(), other.Sign(Worker.Statement))), StringComparison.Ordinal);
        Assert.Contains("receipt key", await FaultAsync(new VouchedStatement(Worker.Statement.Bytes.ToArray(), [1])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_BytesThatAreNoStatement_AreRefused() => Assert.Contains("form", await FaultAsync(new VouchedStatement([0xa0], [1])), StringComparison.Ordinal);

    [Fact]
    public async Task Check_EpochBeforeTheKnownOne_IsRefused()
    {
        BoundStatement first = Worker.Statement;
        BoundStatement second = Worker.Renew();

        Assert.Null(await FaultAsync(Worker.Vouch(second), first));
        Assert.Contains("epoch", await FaultAsync(Worker.Vouch(first), second), StringComparison.Ordinal);
    }

    [Fact]
    public void Seal_StatementHasExpired_IsOpenNoMore()
    {
        using var seal = new WorkerSeal(_attested.Time);
        Assert.False(seal.IsOpen);

        Assert.True(seal.TryRenew(CheckedStatement.SelfSigned(Worker.Statement), out _));
        Assert.True(seal.IsOpen);

        _attested.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.False(seal.IsOpen);

        Assert.True(seal.TryRenew(CheckedStatement.SelfSigned(Worker.Renew()), out _));
        Assert.True(seal.IsOpen);
    }

    [Fact]
    public void Seal_TierBelowWhatTheTermsDemand_SealsNothing()
    {
        using var seal = new WorkerSeal(_attested.Time);
        BoundStatement claims = Worker.Renew(statement => statement with { Tier = TrustTier.Tdx, Image = Digest.Of("an image"u8) });
        Assert.True(seal.TryRenew(new CheckedStatement(claims, TrustTier.Open, claims.Statement.Expires), out _));

        Assert.Equal((true, TrustTier.Open, SealingFault.None), TrySeal(seal, TrustTier.Open));
        Assert.Equal((false, TrustTier.Open, SealingFault.TierTooLow), TrySeal(seal, TrustTier.Tdx));
    }

    private (bool IsSealed, TrustTier Tier, SealingFault Fault) TrySeal(WorkerSeal seal, TrustTier minimum)
    {
        DateTimeOffset now = _attested.Time.GetUtcNow();
        var terms = new RequestTerms { RequestId = Guid.CreateVersion7(now), Model = "house", MinimumTier = minimum, HoldLimitNano = 1, Expires = now.AddMinutes(1) };
        bool isSealed = seal.TrySeal(terms, new RequestMeta("POST", "/v1/chat/completions", "application/json", Digest.Of("salt"u8)), "{}"u8, false, out SealedRequest? request, out TrustTier tier, out SealingFault fault);
        request?.Dispose();
        return (isSealed, tier, fault);
    }

    private async Task<string?> FaultAsync(VouchedStatement vouched, BoundStatement? before = null) => (await _attested.CheckAsync(vouched, before)).Refusal?.Message;
}
