using System.Security.Cryptography;
using CocoonOrleans.Sealing.Statements;

namespace CocoonOrleans.Sealing.Requests;

/// <summary>A worker to which a request was sealed, with what only it and the client know.</summary>
/// <param name="statement">Its statement.</param>
internal sealed class AddressedWorker(BoundStatement statement) : IDisposable
{
    private readonly byte[] _export = GC.AllocateArray<byte>(RequestFormat.SecretBytes, pinned: true);

    /// <summary>Its statement.</summary>
    public BoundStatement Statement => statement;

    /// <summary>The secret from which the keys of its answer are derived.</summary>
    public Span<byte> Export => _export;

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_export);
}
