using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Gateway.Receipts;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.Gateway.Completions;

/// <summary>
/// Seals the terms of jobs with AES-256-GCM, under a key derived from the gateways' shared one for each lease (HKDF-SHA256, RFC 5869), so that no nonce
/// can meet its like. Bound to job, lease and worker: sealed terms of one lease say nothing about another.
/// </summary>
public sealed class TermsSeal
{
    /// <summary>The bytes of the shared key.</summary>
    public const int KeyBytes = 32;

    private const byte Version = 2;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int ReceiptKeyBytes = 65;

    private readonly byte[] _key;

    /// <summary>Uses a shared key.</summary>
    /// <exception cref="ArgumentException">It has not 32 bytes.</exception>
    public TermsSeal(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyBytes)
        {
            throw new ArgumentException($"The key that seals terms has {KeyBytes} bytes.", nameof(key));
        }

        _key = key.ToArray();
    }

    /// <summary>Seals.</summary>
    /// <returns>Base64url.</returns>
    public string Seal(JobTerms terms, Guid jobId, Guid leaseId, string workerId)
    {
        byte[] plain = Write(terms);
        byte[] blob = new byte[1 + NonceBytes + plain.Length + TagBytes];
        blob[0] = Version;
        Span<byte> nonce = blob.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        byte[] binding = Binding(jobId, leaseId, workerId);
        using AesGcm aes = Cipher(binding);
        aes.Encrypt(nonce, plain, blob.AsSpan(1 + NonceBytes, plain.Length), blob.AsSpan(^TagBytes..), binding);
        return Base64Url.EncodeToString(blob);
    }

    /// <summary>Opens sealed terms.</summary>
    /// <returns>Null where they were sealed with another key, for another job, lease or worker, or were changed.</returns>
    public JobTerms? Open(string sealedTerms, Guid jobId, Guid leaseId, string workerId)
    {
        ArgumentNullException.ThrowIfNull(sealedTerms);
        if (!Base64Url.IsValid(sealedTerms, out int length) || length < 1 + NonceBytes + TagBytes)
        {
            return null;
        }

        byte[] blob = Base64Url.DecodeFromChars(sealedTerms);
        if (blob[0] != Version)
        {
            return null;
        }

        byte[] plain = new byte[blob.Length - 1 - NonceBytes - TagBytes];
        byte[] binding = Binding(jobId, leaseId, workerId);
        using AesGcm aes = Cipher(binding);
        try
        {
            aes.Decrypt(blob.AsSpan(1, NonceBytes), blob.AsSpan(1 + NonceBytes, plain.Length), blob.AsSpan(^TagBytes..), plain, binding);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return Read(plain);
    }

    private AesGcm Cipher(byte[] binding)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, key, binding, "cocoon/terms/v1"u8);
        var aes = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    private static byte[] Binding(Guid jobId, Guid leaseId, string workerId) => Encoding.UTF8.GetBytes($"{jobId:N}{leaseId:N}{workerId}");

    private static byte[] Write(JobTerms terms)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(terms.GatewayInstance.ToByteArray());
        writer.Write(terms.AccountId);
        writer.Write(terms.ProviderId);
        writer.Write(terms.Price.Prompt.Value);
        writer.Write(terms.Price.Cached.Value);
        writer.Write(terms.Price.Completion.Value);
        writer.Write(terms.Price.Request.Value);
        writer.Write(terms.PromptTokens);
        writer.Write(terms.MaxCompletionTokens);
        writer.Write(terms.Receipt.HeaderHash.ToArray());
        writer.Write(terms.Receipt.StatementHash.ToArray());
        writer.Write(terms.Receipt.ReceiptKey.Span);
        writer.Write(terms.Receipt.ModelManifest.ToArray());
        return bytes.ToArray();
    }

    // What was opened is what a gateway of this version wrote: nothing in it needs a check.
    private static JobTerms Read(byte[] plain)
    {
        using var reader = new BinaryReader(new MemoryStream(plain));
        return new JobTerms(
            new Guid(reader.ReadBytes(16)),
            reader.ReadString(),
            reader.ReadString(),
            new(new(reader.ReadInt64()), new(reader.ReadInt64()), new(reader.ReadInt64()), new(reader.ReadInt64())),
            reader.ReadInt32(),
            reader.ReadInt32(),
            new ReceiptBinding(
                new Digest(reader.ReadBytes(Digest.Length)), new Digest(reader.ReadBytes(Digest.Length)), reader.ReadBytes(ReceiptKeyBytes), new Digest(reader.ReadBytes(Digest.Length))));
    }
}
