using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Requests;

/// <summary>Single requests to up to three workers.</summary>
public sealed class RequestOpenerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Sample.Start);
    private readonly TestWorker _worker;
    private readonly TestWorker _second;
    private readonly TestWorker _third;

    public RequestOpenerTests()
    {
        _worker = new TestWorker(_time);
        _second = new TestWorker(_time);
        _third = new TestWorker(_time);
    }

    [Fact]
    public void Request_ToThreeWorkers_OpensAtEachOfThem()
    {
        using var request = _worker.Seal([_second, _third]);
        foreach (var worker in (TestWorker[])[_worker, _second, _third])
        {
            using var opened = worker.Open(request);

            Assert.Equal(Sample.Body, opened.Body.ToArray());
            Assert.Equal(Sample.Meta, opened.Meta);
            Assert.Equal((request.HeaderHash, worker.Statement.Hash), (opened.HeaderHash, opened.Statement.Hash));
            Assert.Equal(request.Header.Terms, opened.Header.Terms);
        }
    }

    [Theory]
    [InlineData(TrafficPadding.Off)]
    [InlineData(TrafficPadding.Balanced)]
    [InlineData(TrafficPadding.Strict)]
    public void Body_OfAnyLength_ComesThrough(TrafficPadding padding)
    {
        foreach (var length in (int[])[0, 1, 32_767, 32_768, 32_769, 150_000, 280_000, 4 << 20])
        {
            var body = new byte[length];
            new Random(length).NextBytes(body);
            using var request = _worker.Seal(terms: Sample.Terms(Sample.Start, padding), body: body);
            using var opened = _worker.Open(request);

            Assert.True(opened.Body.Span.SequenceEqual(body));
        }
    }

    [Theory]
    [InlineData(TrafficPadding.Balanced, 0, 256)]
    [InlineData(TrafficPadding.Balanced, 1000, 1216)]
    [InlineData(TrafficPadding.Strict, 0, 1024)]
    [InlineData(TrafficPadding.Strict, 3000, 4096)]
    [InlineData(TrafficPadding.Strict, 5000, 16_384)]
    [InlineData(TrafficPadding.Strict, 20_000, 65_536)]
    [InlineData(TrafficPadding.Strict, 100_000, 262_144)]
    [InlineData(TrafficPadding.Strict, 270_000, 524_288)]
    public void Length_OfAllRecords_IsThatOfThePadding(TrafficPadding padding, int body, int length)
    {
        using var request = _worker.Seal(terms: Sample.Terms(Sample.Start, padding), body: new byte[body]);

        Assert.Equal(length, Tamper.Split(request).Records.Sum(record => record.Length));
    }

    /// <summary>Every amount of filling is possible: no length of a body meets a gap between what one record and the next can hold.</summary>
    [Fact]
    public void Filling_AroundTheLimitOfARecord_IsExact()
    {
        for (var length = 65_300; length < 65_600; length += 7)
        {
            var body = 262_144 - length - 110 - (3 * 23);
            using var request = _worker.Seal(terms: Sample.Terms(Sample.Start, TrafficPadding.Strict), body: new byte[body]);
            Assert.Equal(262_144, Tamper.Split(request).Records.Sum(record => record.Length));
            Assert.Equal(SealingFault.None, _worker.Judge(request.Bytes.Span));
        }
    }

    [Fact]
    public void Request_OnceMore_IsReplayed()
    {
        using var request = _worker.Seal([_second]);

        Assert.Equal(SealingFault.None, _worker.Judge(request.Bytes.Span));
        Assert.Equal(SealingFault.Replayed, _worker.Judge(request.Bytes.Span));

        // Another recipient opens it, as failover needs; it has no key to answer in the first one's name (AnswerOpenerTests).
        Assert.Equal(SealingFault.None, _second.Judge(request.Bytes.Span));
    }

    [Fact]
    public void Request_AtAWorkerThatItDoesNotName_IsNotForIt()
    {
        using var request = _worker.Seal([_second]);

        Assert.Equal(SealingFault.UnknownRecipient, _third.Judge(request.Bytes.Span));
    }

    [Fact]
    public void Request_AtTheSameMomentTwice_OpensOnce()
    {
        using var request = _worker.Seal();
        var faults = new SealingFault[16];

        Parallel.For(0, faults.Length, i => faults[i] = _worker.Judge(request.Bytes.Span));

        Assert.Single(faults, fault => fault == SealingFault.None);
        Assert.Equal(15, faults.Count(fault => fault == SealingFault.Replayed));
    }

    [Fact]
    public void Request_AfterItsStatement_IsRefusedAndLaterUnknown()
    {
        using var request = _worker.Seal(terms: Sample.Terms(Sample.Start) with { Expires = Sample.Start.AddHours(1) });

        _time.Advance(TimeSpan.FromSeconds(660));
        Assert.Equal(SealingFault.StatementExpired, _worker.Judge(request.Bytes.Span));

        _time.Advance(TimeSpan.FromSeconds(540));
        Assert.Equal(SealingFault.UnknownRecipient, _worker.Judge(request.Bytes.Span));
    }

    [Fact]
    public void Request_AfterItsOwnTime_IsExpired()
    {
        using var request = _worker.Seal(terms: Sample.Terms(Sample.Start) with { Expires = Sample.Start.AddSeconds(10) });

        _time.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(SealingFault.RequestExpired, _worker.Judge(request.Bytes.Span));
    }

    [Theory]
    [InlineData(TrustTier.Simulated, TrustTier.Open)]
    [InlineData(TrustTier.Open, TrustTier.Tdx)]
    [InlineData(TrustTier.Tdx, TrustTier.Confidential)]
    public void Request_ForAHigherTier_IsRefused(TrustTier has, TrustTier demanded)
    {
        using var worker = new TestWorker(_time, has);
        using var request = worker.Seal(terms: Sample.Terms(Sample.Start) with { MinimumTier = has });
        var terms = request.Header.Terms with { MinimumTier = demanded };

        Assert.False(new RequestSealer(_time).TrySeal(terms, Sample.Meta, Sample.Body, [worker.Statement], out _, out var fault));
        Assert.Equal(SealingFault.TierTooLow, fault);
        Assert.True(ClientSession.TryOpen(worker.Statement, _time, out var session, out _));
        Assert.False(session.TrySeal(terms, Sample.Meta, Sample.Body, out _, out fault));
        Assert.Equal(SealingFault.TierTooLow, fault);
        session.Dispose();

        // A worker looks too, for clients that don't.
        Assert.Equal(SealingFault.TierTooLow, worker.Judge(Tamper.WithHeader(request, header => header with { Terms = terms })));
        Assert.Equal(SealingFault.None, worker.Judge(request.Bytes.Span));
    }

    [Fact]
    public void Suite_OtherThanTheStatementOffers_IsRefused()
    {
        var one = _worker.Address(statement => statement with { Keys = [statement.KeyOf(SealingSuite.X25519)!] });
        Assert.True(new RequestSealer(_time).TrySeal(Sample.Terms(Sample.Start), Sample.Meta, Sample.Body, [one], out var request, out _));

        Assert.Equal(SealingSuite.X25519, request.Header.Suite);
        Assert.Equal(SealingFault.SuiteNotOffered, _worker.Judge(Tamper.WithHeader(request, header => header with { Suite = SealingSuite.P256 })));
        Assert.Equal(SealingFault.SuiteNotOffered, _worker.Judge(Tamper.WithHeader(request, header => header with { Suite = (SealingSuite)3 })));
        Assert.Equal(SealingFault.None, _worker.Judge(request.Bytes.Span));
        request.Dispose();
    }

    /// <summary>Both suites are offered; the one named is changed on the way, with an encapsulation that fits it.</summary>
    [Fact]
    public void Suite_ChangedOnTheWay_DoesNotOpen()
    {
        using var request = _worker.Seal();
        var encapsulation = new byte[32];
        Kem.X25519.TryEncapsulate(_worker.Statement.Statement.KeyOf(SealingSuite.X25519)!.PublicKey.Span, encapsulation, new byte[32]);
        var downgraded = Tamper.WithHeader(request, header => header with
        {
            Suite = SealingSuite.X25519,
            Recipients = [new RequestRecipient(_worker.Statement.Hash, encapsulation)],
        });

        Assert.Equal(SealingSuite.P256, request.Header.Suite);
        Assert.Equal(SealingFault.WrapRejected, _worker.Judge(downgraded));
    }

    [Fact]
    public void Encapsulation_NotOnTheCurve_IsRefused()
    {
        using var request = _worker.Seal();

        Assert.Equal(SealingFault.InvalidKey, _worker.Judge(Tamper.WithHeader(request, header => header with
        {
            Recipients = [new RequestRecipient(_worker.Statement.Hash, (byte[])[4, .. new byte[64]])],
        })));
    }

    [Fact]
    public void Header_WithAnyFieldChanged_DoesNotOpen()
    {
        using var request = _worker.Seal([_second]);
        Func<RequestTerms, RequestTerms>[] changes =
        [
            terms => terms with { RequestId = Guid.CreateVersion7(Sample.Start) },
            terms => terms with { Model = "another" },
            terms => terms with { IsStreamed = false },
            terms => terms with { MinimumTier = TrustTier.Simulated },
            terms => terms with { Padding = TrafficPadding.Off },
            terms => terms with { HoldLimitNano = 1 },
            terms => terms with { Expires = Sample.Start.AddMinutes(6) },
            terms => terms with { Resumes = Guid.CreateVersion7(Sample.Start) },
            terms => terms with { AffinityKey = Sample.Model },
        ];

        Assert.All(changes, change => Assert.Equal(SealingFault.WrapRejected, _worker.Judge(Tamper.WithHeader(request, header => header with { Terms = change(header.Terms) }))));
        Assert.Equal(SealingFault.WrapRejected, _worker.Judge(Tamper.WithHeader(request, header => header with { Recipients = [.. header.Recipients.Reverse()] })));
        Assert.Equal(SealingFault.OtherNetwork, _worker.Judge(Tamper.WithHeader(request, header => header with { NetworkId = "other" })));
    }

    [Fact]
    public void Wrap_OfAnotherRecipientSpoilt_SpoilsTheRequestForAll()
    {
        using var request = _worker.Seal([_second]);
        var (before, records) = Tamper.Split(request);
        before[^1] ^= 1;

        Assert.Equal(SealingFault.RecordRejected, _worker.Judge(Tamper.Join(before, records)));
        Assert.Equal(SealingFault.WrapRejected, _second.Judge(Tamper.Join(before, records)));
    }

    [Fact]
    public void Key_OfAnotherWorkerUnderThisOnesName_DoesNotOpen()
    {
        var swapped = BoundStatement.Of(_worker.Statement.Statement with { Keys = _second.Statement.Statement.Keys });
        Assert.True(new RequestSealer(_time).TrySeal(Sample.Terms(Sample.Start), Sample.Meta, Sample.Body, [swapped], out var request, out _));

        // The statement's hash covers its keys, so the swap shows at once; and under the worker's own hash the key does not fit.
        Assert.Equal(SealingFault.UnknownRecipient, _worker.Judge(request.Bytes.Span));
        Assert.Equal(SealingFault.WrapRejected, _worker.Judge(Tamper.WithHeader(request, header => header with
        {
            Recipients = [header.Recipients[0] with { StatementHash = _worker.Statement.Hash }],
        })));
        request.Dispose();
    }

    [Fact]
    public void Records_DroppedSwappedRepeatedOrAdded_AreEachRefused()
    {
        using var request = _worker.Seal(body: new byte[70_000], terms: Sample.Terms(Sample.Start, TrafficPadding.Off));
        using var other = _worker.Seal(body: new byte[70_000], terms: Sample.Terms(Sample.Start, TrafficPadding.Off));
        var (before, records) = Tamper.Split(request);
        var foreign = Tamper.Split(other).Records;
        Assert.Equal(5, records.Count);

        Assert.Equal(SealingFault.Truncated, Judge(records[..^1]));
        Assert.Equal(SealingFault.Truncated, Judge(records[..2]));
        Assert.Equal(SealingFault.Truncated, Judge([]));
        Assert.Equal(SealingFault.RecordRejected, Judge([records[0], .. records[2..]]));
        Assert.Equal(SealingFault.RecordRejected, Judge([records[0], records[2], records[1], .. records[3..]]));
        Assert.Equal(SealingFault.RecordRejected, Judge([records[0], records[1], records[1], .. records[2..]]));
        Assert.Equal(SealingFault.RecordRejected, Judge([records[0], foreign[1], .. records[2..]]));
        Assert.Equal(SealingFault.TrailingBytes, Judge([.. records, records[^1]]));
        Assert.Equal(SealingFault.Truncated, Judge([.. records, [0, 0, 1]]));
        Assert.Equal(SealingFault.Truncated, Judge([.. records[..^1], records[^1][..^1]]));
        Assert.Equal(SealingFault.Malformed, Judge([.. records[..^1], [0xff, .. records[^1][1..]]]));
        Assert.Equal(SealingFault.None, Judge(records));

        SealingFault Judge(IEnumerable<byte[]> changed) => _worker.Judge(Tamper.Join(before, changed));
    }

    /// <summary>What was refused was not used up: a copy that somebody spoilt does not keep the genuine request out.</summary>
    [Fact]
    public void Request_AfterASpoiltCopy_StillOpens()
    {
        using var request = _worker.Seal();
        var spoilt = request.Bytes.ToArray();
        spoilt[^1] ^= 1;

        Assert.Equal(SealingFault.RecordRejected, _worker.Judge(spoilt));
        Assert.Equal(SealingFault.None, _worker.Judge(request.Bytes.Span));
    }

    [Fact]
    public void Memory_WhenItIsFull_TakesNothingNew()
    {
        using var worker = new TestWorker(_time, epoch: new EpochLimits { Requests = 1 });
        using var first = worker.Seal();
        using var second = worker.Seal();

        Assert.Equal(SealingFault.None, worker.Judge(first.Bytes.Span));
        Assert.Equal(SealingFault.ReplayMemoryFull, worker.Judge(second.Bytes.Span));
        Assert.Equal(SealingFault.Replayed, worker.Judge(first.Bytes.Span));

        worker.BeginEpoch();
        using var third = worker.Seal();
        Assert.Equal(SealingFault.None, worker.Judge(third.Bytes.Span));
    }

    [Fact]
    public void Decapsulations_BeyondTheBudget_WaitForTime()
    {
        using var worker = new TestWorker(_time, opener: new OpenerLimits { DecapsulationsPerSecond = 2, DecapsulationBurst = 1 });
        using var first = worker.Seal();
        using var second = worker.Seal();

        Assert.Equal(SealingFault.None, worker.Judge(first.Bytes.Span));
        Assert.Equal(SealingFault.DecapsulationBudgetSpent, worker.Judge(second.Bytes.Span));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(SealingFault.None, worker.Judge(second.Bytes.Span));
    }

    [Fact]
    public void Bytes_TooManyOrNone_AreRefused()
    {
        using var worker = new TestWorker(_time, opener: new OpenerLimits { RequestBytes = 1024 });
        using var request = worker.Seal(body: new byte[2000]);

        Assert.Equal(SealingFault.TooLarge, worker.Judge(request.Bytes.Span));
        Assert.Equal(SealingFault.Malformed, worker.Judge([]));
        Assert.Equal(SealingFault.Malformed, worker.Judge("CSE1\0\0\0"u8));
        Assert.Equal(SealingFault.Malformed, worker.Judge("CSE1\0\0\0\0"u8));
        Assert.Equal(SealingFault.Malformed, worker.Judge("CSE1\xff\xff\xff\xff"u8));
    }

    [Fact]
    public void Body_OnceDisposedOf_IsCleared()
    {
        using var request = _worker.Seal();
        var opened = _worker.Open(request);
        var body = opened.Body;

        opened.Dispose();

        Assert.Equal(new byte[Sample.Body.Length], body.ToArray());
    }

    [Fact]
    public void Sealing_ToWhatCantBeSealedTo_SaysWhy()
    {
        var statement = _worker.Statement.Statement;
        Assert.Equal(SealingFault.SuiteNotOffered, Seal(BoundStatement.Of(statement with { Keys = [new SuiteKey((SealingSuite)3, new byte[1216])] })));
        Assert.Equal(SealingFault.InvalidKey, Seal(BoundStatement.Of(statement with { Keys = [new SuiteKey(SealingSuite.P256, (byte[])[4, .. new byte[64]])] })));
        Assert.Equal(SealingFault.NoWorker, Seal(BoundStatement.Of(statement with { Role = StatementRole.Gateway })));
        Assert.Equal(SealingFault.OtherNetwork, Seal(_second.Statement, BoundStatement.Of(statement with { NetworkId = "other" })));

        _time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(SealingFault.StatementExpired, Seal(_worker.Statement));

        SealingFault Seal(params BoundStatement[] workers)
        {
            Assert.False(new RequestSealer(_time).TrySeal(Sample.Terms(Sample.Start), Sample.Meta, Sample.Body, workers, out _, out var fault));
            return fault;
        }
    }

    [Fact]
    public void Sealing_TermsOutOfTheirRange_NamesTheField()
    {
        Assert.Equal(nameof(RequestTerms.RequestId), Refused(terms => terms with { RequestId = Guid.NewGuid() }));
        Assert.Equal(nameof(RequestTerms.Model), Refused(terms => terms with { Model = "" }));
        Assert.Equal(nameof(RequestTerms.HoldLimitNano), Refused(terms => terms with { HoldLimitNano = -1 }));
        Assert.Equal(nameof(RequestTerms.AffinityKey), Refused(terms => terms with { AffinityKey = Sample.Model, Padding = TrafficPadding.Strict }));
        Assert.Equal("workers", Assert.Throws<ArgumentException>(() => _worker.Seal([_worker])).ParamName);

        string? Refused(Func<RequestTerms, RequestTerms> change) =>
            Assert.Throws<ArgumentException>(() => _worker.Seal(terms: change(Sample.Terms(Sample.Start)))).ParamName;
    }

    public void Dispose()
    {
        _worker.Dispose();
        _second.Dispose();
        _third.Dispose();
    }
}
