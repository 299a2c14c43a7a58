using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Releases;

/// <summary>A share on its way to the one who stated the key that it is sealed to (docs/protocol.md, section 17).</summary>
/// <param name="Encapsulation">HPKE's encapsulation.</param>
/// <param name="Box">The sealed share, <see cref="BoxBytes"/>.</param>
public sealed record SealedShare(ReadOnlyMemory<byte> Encapsulation, ReadOnlyMemory<byte> Box)
{
    /// <summary>Length of <see cref="Box"/>.</summary>
    public const int BoxBytes = PlainBytes + AeadKey.TagBytes;

    internal const int PlainBytes = 1 + KeyShare.Length;

    /// <summary>Seals a share.</summary>
    /// <param name="statement">The statement of who asks, verified.</param>
    /// <param name="manifestHash">The model's encrypted manifest.</param>
    /// <param name="share">The share.</param>
    /// <returns>Null where the statement has no usable key of suite <see cref="SealingSuite.P256"/>.</returns>
    public static SealedShare? TrySeal(BoundStatement statement, Digest manifestHash, KeyShare share)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(share);
        var suite = HpkeSuite.Of(SealingSuite.P256)!;
        if (statement.Statement.KeyOf(SealingSuite.P256) is not { } key || !suite.Kem.IsPublicKey(key.PublicKey.Span))
        {
            return null;
        }

        var encapsulation = new byte[suite.Kem.PublicKeyBytes];
        using var context = HpkeContext.TrySetupSender(suite, key.PublicKey.Span, Info(manifestHash, statement.Hash), encapsulation);
        if (context is null)
        {
            return null;
        }

        Span<byte> plain = stackalloc byte[PlainBytes];
        plain[0] = share.X;
        share.Value.CopyTo(plain[1..]);
        var box = new byte[BoxBytes];
        context.Seal([], plain, box);
        CryptographicOperations.ZeroMemory(plain);
        return new SealedShare(encapsulation, box);
    }

    /// <summary>HPKE's info: what a share is released for, and to whom.</summary>
    internal static byte[] Info(Digest manifestHash, Digest statementHash) => [.. "cocoon/release/v1\0"u8, .. manifestHash.ToArray(), .. statementHash.ToArray()];
}
