using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Receipts;

namespace CocoonOrleans.Sealing.Statements;

/// <summary>
/// What a gateway outside of a TEE states to a worker that dials it, in tier <see cref="TrustTier.Open"/>: signed by the key that the worker pins and that TLS has shown, for the worker's own nonce (docs/protocol.md,
/// section 13).
/// </summary>
public static class GatewayStatement
{
    /// <summary>How long it holds: it is made for one handshake.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <summary>Makes it.</summary>
    /// <param name="networkId">The gateway's network.</param>
    /// <param name="bootId">16 random bytes, new with each start.</param>
    /// <param name="version">Name and version of the gateway's software.</param>
    /// <param name="subjectPublicKeyInfo">The tunnel's key, P-256, DER.</param>
    /// <param name="nonce">The worker's.</param>
    /// <param name="now">The time.</param>
    /// <param name="sign">Signs with the tunnel's key: ES256, r and s.</param>
    /// <returns>The statement, and its signature.</returns>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public static (byte[] Statement, byte[] Signature) Make(
        string networkId, ReadOnlyMemory<byte> bootId, string version, ReadOnlyMemory<byte> subjectPublicKeyInfo, Digest nonce, DateTimeOffset now, Func<ReadOnlyMemory<byte>, byte[]> sign)
    {
        ArgumentNullException.ThrowIfNull(sign);
        var begins = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        var bound = BoundStatement.Of(new Statement
        {
            NetworkId = networkId,
            Role = StatementRole.Gateway,
            Tier = TrustTier.Open,
            BootId = bootId,
            Epoch = 0,
            NotBefore = begins,
            Expires = begins + Life,
            Keys = [],
            ReceiptKey = PointOf(subjectPublicKeyInfo).ToArray(),
            TunnelKeySha256 = Digest.Of(subjectPublicKeyInfo.Span),
            NonceRoot = new NonceBatch([nonce]).Root,
            Models = [],
            EngineVersion = version,
            Quantisation = "none",
        });
        return (bound.Bytes.ToArray(), sign(bound.Bound()));
    }

    /// <summary>Checks what a gateway stated. Takes any bytes.</summary>
    /// <param name="statement">The statement; null where none came.</param>
    /// <param name="signature">Its signature; null where none came.</param>
    /// <param name="networkId">The worker's network.</param>
    /// <param name="subjectPublicKeyInfo">The key that TLS has shown.</param>
    /// <param name="nonce">The nonce that was sent.</param>
    /// <param name="now">The time.</param>
    public static GatewayStatementFault Check(byte[]? statement, byte[]? signature, string networkId, ReadOnlyMemory<byte> subjectPublicKeyInfo, Digest nonce, DateTimeOffset now)
    {
        if (statement is null || signature is null || !BoundStatement.TryRead(statement, out var bound))
        {
            return GatewayStatementFault.Format;
        }

        var said = bound.Statement;
        return said.NetworkId != networkId ? GatewayStatementFault.Network
            : said.Role != StatementRole.Gateway ? GatewayStatementFault.Role
            : said.Tier != TrustTier.Open ? GatewayStatementFault.Tier
            : bound.CheckTime(now) != SealingFault.None ? GatewayStatementFault.Time
            : said.TunnelKeySha256 != Digest.Of(subjectPublicKeyInfo.Span) || !said.ReceiptKey.Span.SequenceEqual(PointOf(subjectPublicKeyInfo)) ? GatewayStatementFault.Key
            : said.NonceRoot != new NonceBatch([nonce]).Root ? GatewayStatementFault.Nonce
            : ReceiptKey.Verify(bound, signature) ? GatewayStatementFault.None
            : GatewayStatementFault.Signature;
    }

    /// <summary>A P-256 key's SubjectPublicKeyInfo ends with its point.</summary>
    private static ReadOnlySpan<byte> PointOf(ReadOnlyMemory<byte> subjectPublicKeyInfo) =>
        subjectPublicKeyInfo.Length > P256Kem.PointBytes ? subjectPublicKeyInfo.Span[^P256Kem.PointBytes..] : throw new CryptographicException("A tunnel's key is one of P-256.");
}
