using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Epochs;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;
using Microsoft.Extensions.Time.Testing;

namespace CocoonOrleans.Tests.Sealing.Statements;

public sealed class StatementTests : IDisposable
{
    private readonly EpochKeyRing _keys = new(new FakeTimeProvider(Sample.Start));
    private readonly ReceiptKey _receipts = new();
    private readonly Statement _statement;

    public StatementTests() => _statement = TestWorker.NewStatement(_keys.Begin(), _receipts.PublicKey, TrustTier.Confidential);

    public static TheoryData<string, Func<Statement, Statement>> OutOfRange => new()
    {
        { nameof(Statement.NetworkId), s => s with { NetworkId = "" } },
        { nameof(Statement.NetworkId), s => s with { NetworkId = "Upper" } },
        { nameof(Statement.NetworkId), s => s with { NetworkId = new string('a', 65) } },
        { nameof(Statement.Role), s => s with { Role = (StatementRole)5 } },
        { nameof(Statement.Tier), s => s with { Tier = (TrustTier)4 } },
        { nameof(Statement.BootId), s => s with { BootId = new byte[15] } },
        { nameof(Statement.NotBefore), s => s with { NotBefore = s.NotBefore.AddTicks(1) } },
        { nameof(Statement.Expires), s => s with { Expires = s.NotBefore } },
        { nameof(Statement.Expires), s => s with { Expires = s.NotBefore.AddSeconds(601) } },
        { nameof(Statement.Keys), s => s with { Keys = [] } },
        { nameof(Statement.Keys), s => s with { Keys = [s.Keys[1], s.Keys[0]] } },
        { nameof(Statement.Keys), s => s with { Keys = [s.Keys[0], s.Keys[0]] } },
        { nameof(Statement.Keys), s => s with { Keys = [new SuiteKey(SealingSuite.P256, s.Keys[1].PublicKey)] } },
        { nameof(Statement.ReceiptKey), s => s with { ReceiptKey = new byte[65] } },
        { nameof(Statement.GpuEvidenceSha256), s => s with { GpuEvidenceSha256 = null } },
        { nameof(Statement.Models), s => s with { Models = [.. Enumerable.Repeat(Sample.Model, 65)] } },
        { nameof(Statement.Image), s => s with { Image = null } },
        { nameof(Statement.EngineVersion), s => s with { EngineVersion = "a\nb" } },
        { nameof(Statement.Quantisation), s => s with { Quantisation = new string('q', 101) } },
    };

    public static TheoryData<string, byte[], byte[]> OtherSpellings => new()
    {
        { "a longer form of a number", [0x00, 0x01], [0x00, 0x18, 0x01] },
        { "another version", [0x00, 0x01], [0x00, 0x02] },
        { "a key twice", [0x00, 0x01], [0x00, 0x01, 0x00, 0x01] },
        { "a negative role", [0x02, 0x01, 0x03], [0x02, 0x20, 0x03] },
        { "a null", [0x02, 0x01, 0x03], [0x02, 0xf6, 0x03] },
        { "text in place of bytes", [0x04, 0x50], [0x04, 0x70] },
    };

    [Fact]
    public void Statement_Encoded_DecodesToTheSame()
    {
        var bytes = _statement.Encode();

        Assert.True(Statement.TryDecode(bytes, out var decoded));
        Assert.Equal(bytes, decoded.Encode());
        Assert.Equal(
            (_statement.NetworkId, _statement.Tier, _statement.Expires, _statement.Image, _statement.Quantisation),
            (decoded.NetworkId, decoded.Tier, decoded.Expires, decoded.Image, decoded.Quantisation));
    }

    /// <summary>The longest statement that there can be.</summary>
    [Fact]
    public void Statement_OfMostOfEverything_StaysWithinItsBytes()
    {
        var most = _statement with
        {
            NetworkId = new string('n', 64),
            NonceRoot = Sample.Model,
            Models = [.. Enumerable.Repeat(Sample.Model, 64)],
            EngineVersion = new string('é', 100),
            Quantisation = new string('é', 100),
        };

        Assert.InRange(most.Encode().Length, 1, Statement.MaxBytes);
        Assert.True(Statement.TryDecode(most.Encode(), out _));
    }

    [Theory, MemberData(nameof(OutOfRange))]
    public void Statement_FieldOutOfItsRange_IsNamed(string field, Func<Statement, Statement> change) =>
        Assert.Equal(field, Assert.Throws<ArgumentException>(() => change(_statement).Encode()).ParamName);

    [Theory, MemberData(nameof(OtherSpellings))]
    public void Decoding_OtherSpelling_IsRefused(string what, byte[] from, byte[] to)
    {
        var bytes = _statement.Encode();
        var at = bytes.AsSpan().IndexOf(from);
        Assert.True(at >= 0, what);
        byte[] changed = [.. bytes[..at], .. to, .. bytes[(at + from.Length)..]];

        // The map's head counts one more entry where a key stands twice.
        changed[0] = (byte)(changed[0] + (what == "a key twice" ? 1 : 0));

        Assert.False(Statement.TryDecode(changed, out _), what);
    }

    [Fact]
    public void Decoding_BytesMoreOrLess_IsRefused()
    {
        var bytes = _statement.Encode();

        Assert.False(Statement.TryDecode((byte[])[.. bytes, 0], out _));
        Assert.False(Statement.TryDecode(bytes[..^1], out _));
        Assert.False(Statement.TryDecode(ReadOnlyMemory<byte>.Empty, out _));
        Assert.False(Statement.TryDecode(new byte[Statement.MaxBytes + 1], out _));
    }

    /// <summary>What has the form and is another statement has another hash: nothing decodes to two.</summary>
    [Fact]
    public void Decoding_EachBitChanged_IsRefusedOrAnotherStatement()
    {
        var bound = BoundStatement.Of(_statement);
        var bytes = bound.Bytes.ToArray();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (BoundStatement.TryRead(bytes, out var changed))
            {
                Assert.NotEqual(bound.Hash, changed.Hash);
                Assert.NotEqual(bound.ReportData(), changed.ReportData());
                Assert.Equal(bytes, changed.Statement.Encode());
            }

            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void GpuNonce_OfFreshStatementsOfOneEpoch_IsOne()
    {
        var epoch = BoundStatement.Of(_statement);
        var fresh = BoundStatement.Of(_statement with { NonceRoot = Digest.Of("nonces"u8), GpuEvidenceSha256 = Digest.Of("other evidence"u8) });

        Assert.Equal(epoch.GpuNonce(), fresh.GpuNonce());
        Assert.NotEqual(epoch.Hash, fresh.Hash);
        Assert.NotEqual(epoch.GpuNonce(), BoundStatement.Of(_statement with { Epoch = 1 }).GpuNonce());
    }

    [Theory]
    [InlineData(-61, SealingFault.StatementNotYetValid)]
    [InlineData(-60, SealingFault.None)]
    [InlineData(659, SealingFault.None)]
    [InlineData(660, SealingFault.StatementExpired)]
    public void Time_AroundTheStatementsLife_IsTakenWithAMinuteMore(int seconds, SealingFault fault) =>
        Assert.Equal(fault, BoundStatement.Of(_statement).CheckTime(Sample.Start.AddSeconds(seconds)));

    [Fact]
    public void Signature_InPlaceOfAQuote_IsOfTheReceiptKeyOverThisStatement()
    {
        using var other = new ReceiptKey();
        var bound = BoundStatement.Of(_statement);

        Assert.True(ReceiptKey.Verify(bound, _receipts.Sign(bound)));
        Assert.False(ReceiptKey.Verify(bound, other.Sign(bound)));
        Assert.False(ReceiptKey.Verify(BoundStatement.Of(_statement with { Epoch = 1 }), _receipts.Sign(bound)));
        Assert.False(ReceiptKey.Verify(bound, []));
    }

    public void Dispose()
    {
        _keys.Dispose();
        _receipts.Dispose();
    }
}
