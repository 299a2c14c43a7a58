using System.Security.Cryptography;
using CocoonOrleans.Sealing;
using CocoonOrleans.Sealing.Receipts;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Tests.Sealing.Statements;

/// <summary>What a gateway states, and everything that a worker refuses of it.</summary>
public sealed class GatewayStatementTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly Digest Nonce = Digest.Of("nonce"u8);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private byte[] PublicKey => _key.ExportSubjectPublicKeyInfo();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Check_HonestStatement_HasNoFault()
    {
        var (statement, signature) = Make();

        Assert.Equal(GatewayStatementFault.None, Check(statement, signature));
        Assert.True(statement.Length + signature.Length <= 2048);
        Assert.True(BoundStatement.TryRead(statement, out var bound));
        Assert.Empty(bound.Statement.Keys);
    }

    [Fact]
    public void Check_NothingOrGarbage_IsRefusedAsFormat()
    {
        var (statement, signature) = Make();

        Assert.Equal(GatewayStatementFault.Format, Check(null, signature));
        Assert.Equal(GatewayStatementFault.Format, Check(statement, null));
        Assert.Equal(GatewayStatementFault.Format, Check([1, 2, 3], signature));
    }

    [Fact]
    public void Check_OtherNetworkTimeKeyOrNonce_IsRefusedByName()
    {
        var (statement, signature) = Make();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Assert.Equal(GatewayStatementFault.Network, GatewayStatement.Check(statement, signature, "other", PublicKey, Nonce, Now));
        Assert.Equal(GatewayStatementFault.Time, GatewayStatement.Check(statement, signature, "local", PublicKey, Nonce, Now + TimeSpan.FromMinutes(3)));
        Assert.Equal(GatewayStatementFault.Time, GatewayStatement.Check(statement, signature, "local", PublicKey, Nonce, Now - TimeSpan.FromMinutes(2)));
        Assert.Equal(GatewayStatementFault.Key, GatewayStatement.Check(statement, signature, "local", other.ExportSubjectPublicKeyInfo(), Nonce, Now));
        Assert.Equal(GatewayStatementFault.Nonce, GatewayStatement.Check(statement, signature, "local", PublicKey, Digest.Of("another dial's"u8), Now));
    }

    /// <summary>A worker's own statement, however good, makes no gateway of it.</summary>
    [Fact]
    public void Check_StatementOfAWorker_IsRefusedAsRole() => Assert.Equal(
        GatewayStatementFault.Role, Changed(statement => statement with { Role = StatementRole.Worker, Keys = [new SuiteKey(CocoonOrleans.Sealing.Hpke.SealingSuite.P256, statement.ReceiptKey)] }));

    [Fact]
    public void Check_TierWithoutAQuote_IsRefusedAsTier() =>
        Assert.Equal(GatewayStatementFault.Tier, Changed(statement => statement with { Tier = TrustTier.Tdx, Image = Digest.Of("image"u8) }));

    [Fact]
    public void Check_ReceiptKeyOfSomebodyElse_IsRefusedAsKey()
    {
        using var other = new ReceiptKey();

        Assert.Equal(GatewayStatementFault.Key, Changed(statement => statement with { ReceiptKey = other.PublicKey.ToArray() }));
    }

    [Fact]
    public void Check_EachByteFlipped_IsNeverAccepted()
    {
        var (statement, signature) = Make();
        for (var place = 0; place < statement.Length + signature.Length; place++)
        {
            byte[] changed = [.. statement, .. signature];
            changed[place] ^= 1;

            Assert.NotEqual(GatewayStatementFault.None, Check(changed[..statement.Length], changed[statement.Length..]));
        }
    }

    [Fact]
    public void Statement_OfAWorkerWithoutKeys_HasNoForm() => Assert.Throws<ArgumentException>(() => Changed(statement => statement with { Role = StatementRole.Worker }));

    private (byte[] Statement, byte[] Signature) Make() => GatewayStatement.Make("local", new byte[16], "tests 1", PublicKey, Nonce, Now, Sign);

    private GatewayStatementFault Check(byte[]? statement, byte[]? signature) => GatewayStatement.Check(statement, signature, "local", PublicKey, Nonce, Now);

    /// <summary>What is found of a statement that its own key signed.</summary>
    private GatewayStatementFault Changed(Func<Statement, Statement> change)
    {
        Assert.True(BoundStatement.TryRead(Make().Statement, out var bound));
        var changed = BoundStatement.Of(change(bound.Statement));
        return Check(changed.Bytes.ToArray(), Sign(changed.Bound()));
    }

    private byte[] Sign(ReadOnlyMemory<byte> labeled) => _key.SignData(labeled.Span, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
}
