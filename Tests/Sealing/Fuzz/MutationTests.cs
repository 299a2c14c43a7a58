using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Records;
using CocoonOrleans.Sealing.Requests;
using CocoonOrleans.Sealing.Sessions;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Time.Testing;
using Xunit.Abstractions;

namespace CocoonOrleans.Tests.Sealing.Fuzz;

/// <summary>
/// Nothing that was changed on the way is accepted, and nothing throws.
/// </summary>
[Trait(LongRun.Trait, LongRun.Category)]
public sealed class MutationTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Sample.Start);
    private readonly TestWorker _worker;
    private readonly TestWorker _second;
    private readonly Random _random;
    private readonly int _changes = LongRun.Rounds(1000, 150_000);

    public MutationTests(ITestOutputHelper output)
    {
        var seed = LongRun.Seed(Environment.TickCount);
        output.WriteLine($"COCOON_SEED={seed} COCOON_ROUNDS={_changes}");
        _random = new Random(seed);
        var unlimited = new OpenerLimits { DecapsulationsPerSecond = int.MaxValue, DecapsulationBurst = int.MaxValue };
        _worker = new TestWorker(_time, opener: unlimited);
        _second = new TestWorker(_time, opener: unlimited);
    }

    [Theory]
    [InlineData(SealingSuite.P256)]
    [InlineData(SealingSuite.X25519)]
    public void Request_Changed_IsNeverOpened(SealingSuite suite)
    {
        var worker = _worker.Address(statement => statement with { Keys = [statement.KeyOf(suite)!] });
        var second = _second.Address(statement => statement with { Keys = [statement.KeyOf(suite)!] });
        using var request = Seal();
        using var other = Seal();

        Try(request.Bytes.ToArray(), other.Bytes.ToArray(), changed => Assert.NotEqual(SealingFault.None, _worker.Judge(changed)));

        Assert.Equal(SealingFault.None, _worker.Judge(request.Bytes.Span));
        Assert.Equal(SealingFault.None, _worker.Judge(other.Bytes.Span));

        SealedRequest Seal()
        {
            var terms = Sample.Terms(Sample.Start, TrafficPadding.Off);
            Assert.True(new RequestSealer(_time).TrySeal(terms, Sample.Meta, Sample.Body, [worker, second], out var sealedRequest, out _));
            return sealedRequest;
        }
    }

    [Fact]
    public void RequestOfASession_Changed_IsNeverOpened()
    {
        Assert.True(ClientSession.TryOpen(_worker.Statement, _time, out var session, out _));
        using var first = Seal();
        using var request = Seal();
        using var other = Seal();
        Assert.Equal(SealingFault.None, _worker.Judge(first.Bytes.Span));

        Try(request.Bytes.ToArray(), other.Bytes.ToArray(), changed => Assert.NotEqual(SealingFault.None, _worker.Judge(changed)));

        Assert.Equal(SealingFault.None, _worker.Judge(request.Bytes.Span));
        Assert.Equal(SealingFault.None, _worker.Judge(other.Bytes.Span));
        session.Dispose();

        SealedRequest Seal()
        {
            Assert.True(session.TrySeal(Sample.Terms(Sample.Start, TrafficPadding.Off), Sample.Meta, Sample.Body, out var sealedRequest, out _));
            return sealedRequest;
        }
    }

    [Fact]
    public void Answer_Changed_IsNeverWhole()
    {
        using var request = _worker.Seal([_second]);
        using var opened = _worker.Open(request);
        using var openedBySecond = _second.Open(request);
        var answer = Sample.Answer(opened, _worker.Receipts, "one ", "two ", "three ");
        var other = Sample.Answer(openedBySecond, _second.Receipts, "one ", "two ", "three ");

        Try(answer, other, changed =>
        {
            var read = Sample.Read(request, changed, 1 + _random.Next(300));
            Assert.NotEqual(SealingFault.None, read.Fault);
            Assert.StartsWith(read.Text, "one two three ", StringComparison.Ordinal);
        });

        Assert.Equal(SealingFault.None, Sample.Read(request, answer).Fault);
    }

    [Fact]
    public void Statement_Changed_IsRefusedOrAnother()
    {
        var statement = _worker.Statement;
        Try(statement.Bytes.ToArray(), _second.Statement.Bytes.ToArray(), changed =>
        {
            if (BoundStatement.TryRead(changed, out var read))
            {
                Assert.NotEqual(statement.Hash, read.Hash);
                Assert.Equal(changed, read.Statement.Encode());
            }
        });
    }

    [Fact]
    public void Receipt_Changed_IsRefused()
    {
        using var request = _worker.Seal();
        using var opened = _worker.Open(request);
        var signed = Sample.Read(request, Sample.Answer(opened, _worker.Receipts, "one")).Final!.Receipt;

        Try(signed.Receipt.ToArray(), signed.Signature.ToArray(), changed =>
            Assert.NotEqual(ReceiptFault.None, (signed with { Receipt = changed }).Check(_worker.Statement, out _)));
    }

    [Fact]
    public void NonceProof_Changed_ProvesNothingElse()
    {
        var nonces = Enumerable.Range(0, 13).Select(i => Digest.Of([(byte)i])).ToArray();
        var batch = new NonceBatch(nonces);
        var proof = batch.Prove(9).Encode();

        // Another count can have the same way up: then the nonce is still proven, and it is in the batch.
        Digest[] others = [.. nonces.Where((_, index) => index is not (9 or 12)), Digest.Of("another"u8)];

        Try(proof, batch.Prove(12).Encode(), changed =>
            Assert.False(NonceProof.TryDecode(changed, out var read) && others.Any(other => read.Proves(other, batch.Root))));
    }

    public void Dispose()
    {
        _worker.Dispose();
        _second.Dispose();
    }

    private void Try(byte[] original, byte[] other, Action<byte[]> check)
    {
        for (var i = 0; i < _changes; i++)
        {
            var changed = Mutation.Of(original, other, _random);
            // The other one is genuine too, and a whole splice of it no change.
            if (!changed.AsSpan().SequenceEqual(original) && !changed.AsSpan().SequenceEqual(other))
            {
                check(changed);
            }
        }
    }
}
