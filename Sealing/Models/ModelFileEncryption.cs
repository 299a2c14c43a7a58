using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Models;

/// <summary>Encrypts a model's files.</summary>
public static class ModelFileEncryption
{
    /// <summary>Encrypts one file.</summary>
    /// <param name="name">Its plain name.</param>
    /// <param name="plain">Its content, at its start.</param>
    /// <param name="length">How many bytes that has.</param>
    /// <param name="output">Takes the encrypted file.</param>
    /// <param name="key">The model's key.</param>
    /// <param name="progress">Told bytes done after each piece; null for nobody.</param>
    /// <param name="cancellationToken">Gives up between two pieces.</param>
    /// <returns>What the manifest says of it.</returns>
    /// <exception cref="ArgumentException">The name can't be one of an encrypted file, or the length is negative.</exception>
    /// <exception cref="EndOfStreamException">The content is shorter.</exception>
    public static EncryptedFile Encrypt(string name, Stream plain, long length, Stream output, ModelKey key, Action<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!EncryptedFile.IsName(name))
        {
            throw new ArgumentException("A name has 1 to 128 of A-Z, a-z, 0-9, '.', '_', '-', and begins with no dot.", nameof(name));
        }

        var salt = new Digest(RandomNumberGenerator.GetBytes(Digest.Length));
        var tree = new PieceTree();
        var piece = new byte[(int)Math.Min(length, ChunkFormat.PieceBytes)];
        var sealedPiece = new byte[piece.Length + ChunkFormat.TagBytes];
        Span<byte> iv = stackalloc byte[ChunkFormat.IvBytes];
        using var cipher = key.FileCipher(name, salt);
        try
        {
            var pieces = ChunkFormat.Pieces(length);
            for (var index = 0L; index < pieces; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = piece.AsSpan(0, ChunkFormat.PieceLength(length, index));
                plain.ReadExactly(part);
                ChunkFormat.WriteIv(index, iv);
                cipher.Encrypt(iv, part, sealedPiece.AsSpan(0, part.Length), sealedPiece.AsSpan(part.Length, ChunkFormat.TagBytes), ChunkFormat.Bound(index, index == pieces - 1, name));
                var written = sealedPiece.AsSpan(0, part.Length + ChunkFormat.TagBytes);
                tree.Add(written);
                output.Write(written);
                progress?.Invoke(part.Length);
            }

            return new EncryptedFile(name, length, salt, tree.Root());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(piece);
        }
    }
}
