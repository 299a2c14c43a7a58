using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Releases;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Sealing.Releases;

public sealed class SealedShareTests : IDisposable
{
    private static readonly Digest Manifest = Digest.Of("manifest"u8);

    private readonly ReleaseKey _key = new();
    private readonly KeyShare _share = SecretSharing.Split(new byte[32], 2, 2)[1];

    public void Dispose()
    {
        _key.Dispose();
        _share.Dispose();
    }

    [Fact]
    public void TryOpen_ShareForThisRequest_IsTheShare()
    {
        var statement = Statement();

        using var opened = _key.TryOpen(statement, Manifest, SealedShare.TrySeal(statement, Manifest, _share)!);

        Assert.Equal(((byte)2, Convert.ToHexString(_share.Value)), (opened!.X, Convert.ToHexString(opened.Value)));
    }

    [Fact]
    public void TryOpen_OtherModelStatementOrKey_IsNothing()
    {
        var (statement, other) = (Statement(), Statement(statement => statement with { Epoch = 9 }));
        var answer = SealedShare.TrySeal(statement, Manifest, _share)!;
        using var stranger = new ReleaseKey();

        Assert.Null(_key.TryOpen(other, Manifest, answer));
        Assert.Null(_key.TryOpen(statement, Digest.Of("another"u8), answer));
        Assert.Null(stranger.TryOpen(statement, Manifest, answer));
    }

    [Fact]
    public void TryOpen_AnyByteChanged_IsNothing()
    {
        var statement = Statement();
        var answer = SealedShare.TrySeal(statement, Manifest, _share)!;
        Assert.All(Enumerable.Range(0, answer.Box.Length), place => Assert.Null(_key.TryOpen(statement, Manifest, answer with { Box = Changed(answer.Box, place) })));
        Assert.All(Enumerable.Range(0, answer.Encapsulation.Length), place => Assert.Null(_key.TryOpen(statement, Manifest, answer with { Encapsulation = Changed(answer.Encapsulation, place) })));
        Assert.Null(_key.TryOpen(statement, Manifest, answer with { Box = answer.Box[..^1] }));
        Assert.Null(_key.TryOpen(statement, Manifest, answer with { Encapsulation = default }));
    }

    [Fact]
    public void TrySeal_NoKeyThatIsKnown_IsNothing()
    {
        using var other = new ReleaseKey();
        var unknown = Statement(statement => statement with { Keys = [new SuiteKey((SealingSuite)7, new byte[32])] });

        Assert.Null(SealedShare.TrySeal(unknown, Manifest, _share));
    }

    private BoundStatement Statement(Func<Statement, Statement>? change = null)
    {
        using var receipts = new CocoonOrleans.Sealing.Receipts.ReceiptKey();
        var statement = new Statement
        {
            NetworkId = "test",
            Role = StatementRole.KeyRequest,
            Tier = TrustTier.Simulated,
            BootId = new byte[16],
            Epoch = 0,
            NotBefore = Sample.Start,
            Expires = Sample.Start.AddMinutes(5),
            Keys = [_key.PublicKey],
            ReceiptKey = receipts.PublicKey,
            TunnelKeySha256 = default,
            NonceRoot = Digest.Of("root"u8),
            Models = [Manifest],
            EngineVersion = "1",
            Quantisation = "none",
        };
        return BoundStatement.Of(change?.Invoke(statement) ?? statement);
    }

    private static byte[] Changed(ReadOnlyMemory<byte> bytes, int place)
    {
        var changed = bytes.ToArray();
        changed[place] ^= 1;
        return changed;
    }
}
