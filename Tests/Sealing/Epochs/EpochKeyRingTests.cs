using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Epochs;

public sealed class EpochKeyRingTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Sample.Start);
    private readonly TestWorker _worker;

    public EpochKeyRingTests() => _worker = new TestWorker(_time);

    [Fact]
    public void Keys_AfterTwoEpochs_AreZeroedThoughNobodyAsks()
    {
        var keys = _worker.Keys.Find(_worker.Statement.Hash)!.Value.Keys;
        var agreed = new byte[32];

        _time.Advance(EpochKeyRing.KeyLife - TimeSpan.FromSeconds(1));
        Assert.All(Enum.GetValues<SealingSuite>(), suite => Assert.True(Agrees(suite)));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.All(Enum.GetValues<SealingSuite>(), suite => Assert.False(Agrees(suite)));
        Assert.Null(_worker.Keys.Find(_worker.Statement.Hash));

        bool Agrees(SealingSuite suite)
        {
            using var other = HpkeSuite.Of(suite)!.Kem.Generate();
            return keys.KeyOf(suite)!.TryAgree(other.PublicKey, agreed);
        }
    }

    [Fact]
    public void Keys_OfTheEpochBefore_StillOpen()
    {
        using var request = _worker.Seal(terms: Sample.Terms(Sample.Start) with { Expires = Sample.Start.AddMinutes(10) });
        _time.Advance(EpochKeyRing.Length);
        _worker.BeginEpoch();

        using var opened = _worker.Open(request);
        Assert.Equal(Sample.Body, opened.Body.ToArray());
        Assert.NotEqual(opened.Statement.Hash, _worker.Statement.Hash);
    }

    /// <summary>Whoever owns the machine owns its clock.</summary>
    [Fact]
    public void Keys_WhereTheClockIsSetBack_LiveNoLonger()
    {
        var clock = new WallClock(_time);
        using var keys = new EpochKeyRing(clock);
        var statement = BoundStatement.Of(TestWorker.NewStatement(keys.Begin(), _worker.Receipts.PublicKey));
        Assert.True(keys.TryAddress(statement));

        _time.Advance(EpochKeyRing.Length);
        clock.Behind = EpochKeyRing.Length;
        Assert.NotNull(keys.Find(statement.Hash));
        _time.Advance(EpochKeyRing.Length);
        clock.Behind = EpochKeyRing.KeyLife;

        Assert.Equal(Sample.Start, clock.GetUtcNow());
        Assert.Null(keys.Find(statement.Hash));
    }

    [Fact]
    public void Epochs_BegunAgainAndAgain_KeepFewKeys()
    {
        var first = _worker.Statement;
        for (var i = 0; i < 4; i++)
        {
            _worker.BeginEpoch();
        }

        Assert.Null(_worker.Keys.Find(first.Hash));
        Assert.NotNull(_worker.Keys.Find(_worker.Statement.Hash));
    }

    [Fact]
    public void Statement_FreshWithinTheEpoch_IsAnswered()
    {
        var fresh = _worker.Address(statement => statement with { NonceRoot = new NonceBatch([default]).Root });
        Assert.True(new CocoonOrleans.Sealing.Requests.RequestSealer(_time).TrySeal(Sample.Terms(Sample.Start), Sample.Meta, Sample.Body, [fresh], out var request, out _));

        using var opened = _worker.Open(request);
        Assert.Equal(fresh.Hash, opened.Statement.Hash);
        request.Dispose();
    }

    [Fact]
    public void Statement_NotOfTheseKeys_IsNotTaken()
    {
        using var other = new TestWorker(_time);

        Assert.False(_worker.Keys.TryAddress(other.Statement));
        Assert.False(_worker.Keys.TryAddress(BoundStatement.Of(_worker.Statement.Statement with { Role = StatementRole.KeyRequest })));
        Assert.False(_worker.Keys.TryAddress(BoundStatement.Of(_worker.Statement.Statement with { Epoch = 7 })));
    }

    [Fact]
    public void Statement_BeyondTheKeysLife_IsNotTaken()
    {
        var late = _worker.Statement.Statement with { NotBefore = Sample.Start.AddSeconds(601), Expires = Sample.Start.AddSeconds(1201) };

        Assert.False(_worker.Keys.TryAddress(BoundStatement.Of(late)));
        Assert.True(_worker.Keys.TryAddress(BoundStatement.Of(late with { Expires = Sample.Start.AddSeconds(1200) })));
    }

    [Fact]
    public void Statements_MoreThanMayBe_AreNotTaken()
    {
        using var worker = new TestWorker(_time, epoch: new EpochLimits { Statements = 2 });

        Assert.True(worker.Keys.TryAddress(BoundStatement.Of(worker.Statement.Statement with { NonceRoot = Digest.Of("1"u8) })));
        Assert.False(worker.Keys.TryAddress(BoundStatement.Of(worker.Statement.Statement with { NonceRoot = Digest.Of("2"u8) })));
        Assert.True(worker.Keys.TryAddress(worker.Statement));
    }

    public void Dispose() => _worker.Dispose();

    /// <summary>A clock that can be set, over time that can't.</summary>
    private sealed class WallClock(TimeProvider time) : TimeProvider
    {
        public TimeSpan Behind { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() - Behind;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
