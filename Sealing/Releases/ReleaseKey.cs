using System.Security.Cryptography;
using CocoonOrleans.Sealing.Hpke;
using CocoonOrleans.Sealing.Shares;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Releases;

/// <summary>The key to which brokers seal the shares of one request, and none after it. It lives in memory only, and is zeroed when it is disposed of.</summary>
public sealed class ReleaseKey : IDisposable
{
    private static readonly HpkeSuite Suite = HpkeSuite.Of(SealingSuite.P256)!;

    private readonly KemPrivateKey _key = Suite.Kem.Generate();

    /// <summary>What stands in the request's statement.</summary>
    public SuiteKey PublicKey => new(SealingSuite.P256, _key.PublicKey.ToArray());

    /// <summary>Opens a share.</summary>
    /// <param name="statement">The request's statement.</param>
    /// <param name="manifestHash">The model's encrypted manifest.</param>
    /// <param name="answer">What a broker answered.</param>
    /// <returns>The share, the caller's to dispose of; null where it can't be opened: it was changed, or sealed for another request or model.</returns>
    public KeyShare? TryOpen(BoundStatement statement, Digest manifestHash, SealedShare answer)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Box.Length != SealedShare.BoxBytes)
        {
            return null;
        }

        using var context = HpkeContext.TrySetupRecipient(Suite, _key, answer.Encapsulation.Span, SealedShare.Info(manifestHash, statement.Hash));
        Span<byte> plain = stackalloc byte[SealedShare.PlainBytes];
        try
        {
            return context is not null && context.TryOpen([], answer.Box.Span, plain) && plain[0] != 0 ? new KeyShare(plain[0], plain[1..]) : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
