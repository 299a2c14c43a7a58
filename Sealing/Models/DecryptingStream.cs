using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Models;

/// <summary>
/// Reads an encrypted file forward, once, piece by piece. A piece is given out only once its tag was checked, and the last one only once the whole file's root was: what was given before must not be used
/// unless the end was reached. The plain piece is zeroed when the stream is disposed of.
/// </summary>
public sealed class DecryptingStream : Stream
{
    private readonly EncryptedFile _file;
    private readonly Stream _source;
    private readonly AesGcm _cipher;
    private readonly PieceTree _tree = new();
    private readonly byte[] _sealed;
    private readonly byte[] _plain;
    private readonly long _pieces;
    private long _next;
    private int _at;
    private int _end;

    /// <summary>Begins to read.</summary>
    /// <param name="file">What the manifest says of the file.</param>
    /// <param name="source">The encrypted file at its start; disposed of with this.</param>
    /// <param name="key">The model's key; not needed any more once this is made.</param>
    /// <exception cref="EncryptedModelException">The file has another length than the manifest says.</exception>
    public DecryptingStream(EncryptedFile file, Stream source, ModelKey key)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        if (source.Length != file.EncryptedBytes)
        {
            throw new EncryptedModelException(file.Name, $"has {source.Length} bytes, and its manifest says {file.EncryptedBytes}: it was cut, or is another one.");
        }

        (_file, _source, _pieces) = (file, source, ChunkFormat.Pieces(file.Bytes));
        _plain = GC.AllocateUninitializedArray<byte>((int)Math.Min(file.Bytes, ChunkFormat.PieceBytes), pinned: true);
        _sealed = new byte[_plain.Length + ChunkFormat.TagBytes];
        _cipher = key.FileCipher(file.Name, file.Salt);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <summary>How long the file is in plain.</summary>
    public override long Length => _file.Bytes;

    /// <inheritdoc/>
    public override long Position
    {
        get => (Math.Max(0, _next - 1) * ChunkFormat.PieceBytes) + _at;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="EncryptedModelException">A piece is not the one that was encrypted, or the key is another.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_at == _end && _next < _pieces)
        {
            Open();
        }

        var count = Math.Min(buffer.Length, _end - _at);
        _plain.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_plain);
            _cipher.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Open()
    {
        var index = _next;
        var length = ChunkFormat.PieceLength(_file.Bytes, index);
        var piece = _sealed.AsSpan(0, length + ChunkFormat.TagBytes);
        if (_source.ReadAtLeast(piece, piece.Length, throwOnEndOfStream: false) < piece.Length)
        {
            throw new EncryptedModelException(_file.Name, $"ended in piece {index} while it was read.");
        }

        var isLast = index == _pieces - 1;
        Span<byte> iv = stackalloc byte[ChunkFormat.IvBytes];
        ChunkFormat.WriteIv(index, iv);
        try
        {
            _cipher.Decrypt(iv, piece[..length], piece[length..], _plain.AsSpan(0, length), ChunkFormat.Bound(index, isLast, _file.Name));
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(_plain);
            throw new EncryptedModelException(_file.Name, $"piece {index} was changed, is in another's place, or is encrypted with another key.");
        }

        _tree.Add(piece);
        if (isLast && _tree.Root() != _file.Root)
        {
            CryptographicOperations.ZeroMemory(_plain);
            throw new EncryptedModelException(_file.Name, "is not the ciphertext that its manifest names.");
        }

        (_next, _at, _end) = (index + 1, 0, length);
    }
}
