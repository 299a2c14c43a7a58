using System.Security.Cryptography;
using CocoonOrleans.Sealing.Shares;

namespace CocoonOrleans.Sealing.Models;

/// <summary>The file in which a model's owner keeps its key: 64 hex digits and a line feed, its owner's alone.</summary>
public static class ModelKeyFile
{
    private const int MostBytes = 256;

    /// <summary>Writes a key to a new file.</summary>
    /// <exception cref="IOException">There is one, or it can't be written.</exception>
    public static void Write(string path, ModelKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> value = stackalloc byte[ModelKey.Length];
        Span<byte> line = stackalloc byte[(ModelKey.Length * 2) + 1];
        key.CopyTo(value);
        Convert.TryToHexStringLower(value, line, out _);
        line[^1] = (byte)'\n';
        try
        {
            OwnerFile.Write(path, line);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
            CryptographicOperations.ZeroMemory(line);
        }
    }

    /// <summary>Reads a key.</summary>
    /// <exception cref="IOException">The file can't be read, others may read it, or it holds no key.</exception>
    public static ModelKey Read(string path)
    {
        var line = OwnerFile.Read(path, MostBytes);
        Span<byte> value = stackalloc byte[ModelKey.Length];
        try
        {
            return line.AsSpan().TrimEnd("\r\n "u8) is { Length: ModelKey.Length * 2 } digits && Convert.FromHexString(digits, value, out _, out _) == System.Buffers.OperationStatus.Done
                ? ModelKey.Of(value)
                : throw new IOException($"{path} holds no model key: 64 hex digits were expected.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(line);
            CryptographicOperations.ZeroMemory(value);
        }
    }
}
