using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;
using CocoonOrleans.Tests.Sealing.Requests;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Sessions;

public sealed class SessionTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Sample.Start);
    private readonly TestWorker _worker;

    public SessionTests() => _worker = new TestWorker(_time, opener: new OpenerLimits { DecapsulationsPerSecond = 1, DecapsulationBurst = 1 });

    [Theory]
    [InlineData(SealingSuite.P256)]
    [InlineData(SealingSuite.X25519)]
    public void Requests_OfOneSession_NeedOneDecapsulation(SealingSuite suite)
    {
        var statement = _worker.Address(statement => statement with { Keys = [statement.KeyOf(suite)!] });
        using var session = Open(statement);
        for (var i = 0; i < 20; i++)
        {
            using var request = Seal(session);
            using var opened = _worker.Open(request);
            var answer = Sample.Read(request, Sample.Answer(opened, _worker.Receipts, "an", "swer"));

            Assert.Equal((suite, (uint)i), (opened.Header.Suite, opened.Header.Counter));
            Assert.Equal((SealingFault.None, "answer"), (answer.Fault, answer.Text));
        }
    }

    [Fact]
    public void Request_OnceMore_IsReplayed()
    {
        using var session = Open();
        using var first = Seal(session);
        using var second = Seal(session);

        Assert.Equal(SealingFault.None, _worker.Judge(second.Bytes.Span));
        Assert.Equal(SealingFault.Replayed, _worker.Judge(second.Bytes.Span));
        Assert.Equal(SealingFault.None, _worker.Judge(first.Bytes.Span));
        Assert.Equal(SealingFault.Replayed, _worker.Judge(first.Bytes.Span));
    }

    [Fact]
    public void Request_FarBehind_IsTooOld()
    {
        using var session = Open();
        using var first = Seal(session);
        for (var i = 0; i < CounterWindow.Length - 1; i++)
        {
            Seal(session).Dispose();
        }

        using var last = Seal(session);
        Assert.Equal(SealingFault.None, _worker.Judge(last.Bytes.Span));
        Assert.Equal(SealingFault.CounterTooOld, _worker.Judge(first.Bytes.Span));
    }

    [Fact]
    public void Requests_TheFirstOfASession_MayComeAtOneMoment()
    {
        using var worker = new TestWorker(_time);
        using var session = Open(worker.Statement);
        var requests = Enumerable.Range(0, 8).Select(_ => Seal(session)).ToArray();
        var faults = new SealingFault[24];

        Parallel.For(0, faults.Length, i => faults[i] = worker.Judge(requests[i % requests.Length].Bytes.Span));

        Assert.Equal(requests.Length, faults.Count(fault => fault == SealingFault.None));
        Assert.Equal(faults.Length - requests.Length, faults.Count(fault => fault == SealingFault.Replayed));
        Assert.All(requests, request => request.Dispose());
    }

    [Fact]
    public void Sessions_MoreThanMayBe_AreRefusedAndOldOnesGoOn()
    {
        using var worker = new TestWorker(_time, epoch: new EpochLimits { Sessions = 1 });
        using var first = Open(worker.Statement);
        using var second = Open(worker.Statement);

        Assert.Equal(SealingFault.None, worker.Judge(Seal(first).Bytes.Span));
        Assert.Equal(SealingFault.TooManySessions, worker.Judge(Seal(second).Bytes.Span));
        Assert.Equal(SealingFault.None, worker.Judge(Seal(first).Bytes.Span));
    }

    [Fact]
    public void Session_WhoseFirstRequestIsBad_TakesNoPlace()
    {
        using var worker = new TestWorker(_time, epoch: new EpochLimits { Sessions = 1 });
        using var bad = Open(worker.Statement);
        using var good = Open(worker.Statement);
        var spoilt = Seal(bad).Bytes.ToArray();
        spoilt[^1] ^= 1;

        Assert.Equal(SealingFault.RecordRejected, worker.Judge(spoilt));
        Assert.Equal(SealingFault.None, worker.Judge(Seal(good).Bytes.Span));
    }

    [Fact]
    public void Counter_ChangedOnTheWay_DoesNotOpen()
    {
        using var session = Open();
        using var request = Seal(session);
        Assert.Equal(SealingFault.None, _worker.Judge(Seal(session).Bytes.Span));

        Assert.Equal(SealingFault.WrapRejected, _worker.Judge(Tamper.WithHeader(request, header => header with { Counter = 7 })));
        Assert.Equal(SealingFault.None, _worker.Judge(request.Bytes.Span));
    }

    [Fact]
    public void Kind_ChangedOnTheWay_IsMalformed()
    {
        using var session = Open();
        using var request = Seal(session);
        using var single = _worker.Seal();

        Assert.Equal(SealingFault.Malformed, _worker.Judge([.. "CSE1"u8, .. request.Bytes.Span[4..]]));
        Assert.Equal(SealingFault.Malformed, _worker.Judge([.. "CSS1"u8, .. single.Bytes.Span[4..]]));
        Assert.Equal(SealingFault.Malformed, _worker.Judge(Tamper.WithHeader(request, header => header with { Counter = null })));
    }

    [Fact]
    public void Request_AtAnotherWorker_IsNotForIt()
    {
        using var other = new TestWorker(_time);
        using var session = Open();

        Assert.Equal(SealingFault.UnknownRecipient, other.Judge(Seal(session).Bytes.Span));
    }

    [Fact]
    public void Session_AfterItsStatement_IsOver()
    {
        using var session = Open();
        using var request = Seal(session, Sample.Terms(Sample.Start) with { Expires = Sample.Start.AddHours(1) });
        _time.Advance(TimeSpan.FromSeconds(660));

        Assert.False(session.TrySeal(Sample.Terms(Sample.Start), Sample.Meta, Sample.Body, out _, out var fault));
        Assert.Equal(SealingFault.StatementExpired, fault);
        Assert.Equal(SealingFault.StatementExpired, _worker.Judge(request.Bytes.Span));

        _time.Advance(TimeSpan.FromSeconds(540));
        Assert.Equal(SealingFault.UnknownRecipient, _worker.Judge(request.Bytes.Span));
    }

    [Fact]
    public void Session_OnceDisposedOf_SealsNoMoreAndItsAnswersAreRead()
    {
        var session = Open();
        using var request = Seal(session);
        session.Dispose();

        Assert.False(session.TrySeal(Sample.Terms(Sample.Start), Sample.Meta, Sample.Body, out _, out var fault));
        Assert.Equal(SealingFault.SessionOver, fault);
        using var opened = _worker.Open(request);
        Assert.Equal("answer", Sample.Read(request, Sample.Answer(opened, _worker.Receipts, "answer")).Text);
    }

    /// <summary>Two requests that say the same share no key: their records differ, and neither opens in the other's place.</summary>
    [Fact]
    public void Records_OfAnotherRequestOfTheSession_DoNotOpen()
    {
        using var session = Open();
        Assert.Equal(SealingFault.None, _worker.Judge(Seal(session).Bytes.Span));
        var (before, records) = Tamper.Split(Seal(session));
        var (_, others) = Tamper.Split(Seal(session));

        Assert.Equal(SealingFault.RecordRejected, _worker.Judge(Tamper.Join(before, others)));
        Assert.Equal(SealingFault.None, _worker.Judge(Tamper.Join(before, records)));
    }

    public void Dispose() => _worker.Dispose();

    private ClientSession Open(BoundStatement? statement = null)
    {
        Assert.True(ClientSession.TryOpen(statement ?? _worker.Statement, _time, out var session, out var fault), fault.ToString());
        return session;
    }

    private static SealedRequest Seal(ClientSession session, RequestTerms? terms = null)
    {
        Assert.True(session.TrySeal(terms ?? Sample.Terms(Sample.Start), Sample.Meta, Sample.Body, out var request, out var fault), fault.ToString());
        return request;
    }
}
