using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NSec.Cryptography;

namespace CocoonOrleans.Ton.Signatures;

/// <summary>
/// A private key on the disk, encrypted under a passphrase (Argon2id, XChaCha20-Poly1305). The file says what the key is for and on which network, and
/// that is part of what is encrypted: a voucher key opens as nothing else, and a key of tests on no public network. Nobody but its owner may read it.
/// </summary>
public static class KeyFile
{
    private const string Format = "cocoon-key-v1";
    private const int MaxLength = 4096;
    private const int MinPassphrase = 12;
    private const int MaxPassphrase = 1024;
    private const int SaltLength = 16;

    private static readonly AeadAlgorithm Cipher = AeadAlgorithm.XChaCha20Poly1305;

    /// <summary>64 MiB and three passes: half a second, once at each start.</summary>
    private static readonly PasswordBasedKeyDerivationAlgorithm Stretching = PasswordBasedKeyDerivationAlgorithm.Argon2id(
        new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 64 * 1024, NumberOfPasses = 3 });

    /// <summary>Makes a fresh key and writes it to a new file with mode 0600.</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="purpose">What the key is for.</param>
    /// <param name="network">See <see cref="TonNetwork"/>.</param>
    /// <param name="passphrase">At least 12 bytes.</param>
    /// <returns>The key's public part.</returns>
    /// <exception cref="KeyFileException">The file can't be written, or the passphrase is too short.</exception>
    public static PublicKey Create(string path, KeyPurpose purpose, int network, ReadOnlySpan<byte> passphrase)
    {
        using SigningKey key = CreateAndOpen(path, purpose, network, passphrase);
        return key.PublicKey;
    }

    /// <summary>As <see cref="Create"/>, for whoever uses the key at once.</summary>
    /// <returns>The key.</returns>
    /// <exception cref="KeyFileException">The file can't be written, or the passphrase is too short.</exception>
    public static SigningKey CreateAndOpen(string path, KeyPurpose purpose, int network, ReadOnlySpan<byte> passphrase)
    {
        CheckPassphrase(passphrase);
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        try
        {
            // Before it is written: a file that is there has a key that works.
            var key = new SigningKey(seed);
            byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
            byte[] nonce = RandomNumberGenerator.GetBytes(Cipher.NonceSize);
            string publicKey = key.PublicKey.ToString();
            using Key stretched = Stretch(passphrase, salt);
            byte[] encrypted = Cipher.Encrypt(stretched, nonce, AssociatedData(purpose, network, publicKey), seed);
            var content = new Content(Format, purpose.ToString(), network, publicKey, salt, nonce, encrypted);
            Write(path, JsonSerializer.SerializeToUtf8Bytes(content, JsonSerializerOptions.Web));
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>What a file says of its key. Only opening it proves that it is so.</summary>
    /// <exception cref="KeyFileException">The file can't be read, others may read it, or it is for something else.</exception>
    public static PublicKey ReadPublicKey(string path, KeyPurpose purpose, int network)
    {
        Content content = Read(path);
        if (content.Purpose != purpose.ToString() || content.Network != network)
        {
            throw new KeyFileException(path, $"it is a {content.Purpose} key for network {content.Network}; a {purpose} key for network {network} is needed");
        }

        try
        {
            return new PublicKey(Cells.Bits256.Parse(content.PublicKey, "public key"));
        }
        catch (TonFormatException malformed)
        {
            throw new KeyFileException(path, malformed.Message);
        }
    }

    /// <summary>The network that a file says its key is for. Only opening it proves that it is so.</summary>
    /// <exception cref="KeyFileException">The file can't be read, or others may read it.</exception>
    public static int ReadNetwork(string path) => Read(path).Network;

    /// <summary>Opens a key. No error ever holds any part of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="purpose">What the key must be for.</param>
    /// <param name="network">The network that it must be for.</param>
    /// <param name="passphrase">The passphrase.</param>
    /// <exception cref="KeyFileException">The file can't be read, others may read it, it is for something else, or the passphrase is wrong.</exception>
    public static SigningKey Open(string path, KeyPurpose purpose, int network, ReadOnlySpan<byte> passphrase)
    {
        CheckPassphrase(passphrase);
        Content content = Read(path);
        if (content.Purpose != purpose.ToString() || content.Network != network)
        {
            throw new KeyFileException(path, $"it is a {content.Purpose} key for network {content.Network}; a {purpose} key for network {network} is needed");
        }

        using Key stretched = Stretch(passphrase, content.Salt);
        byte[]? seed = Cipher.Decrypt(stretched, content.Nonce, AssociatedData(purpose, network, content.PublicKey), content.Encrypted);
        if (seed is not { Length: 32 })
        {
            throw new KeyFileException(path, "the passphrase is wrong, or the file was changed");
        }

        try
        {
            var key = new SigningKey(seed);
            if (key.PublicKey.ToString() == content.PublicKey)
            {
                return key;
            }

            key.Dispose();
            throw new KeyFileException(path, "its public key belongs to another key");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Reads a secret from a file that nobody else may read, without the line end that editors add.</summary>
    /// <exception cref="KeyFileException">The file can't be read, is too long, or others may read it.</exception>
    public static byte[] ReadPassphrase(string path)
    {
        byte[] content = ReadPrivate(path, MaxPassphrase);
        int length = content.AsSpan().TrimEnd("\r\n"u8).Length;
        byte[] passphrase = content[..length];
        CryptographicOperations.ZeroMemory(content);
        return passphrase;
    }

    private static Key Stretch(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt) => Stretching.DeriveKey(passphrase, salt, Cipher);

    private static byte[] AssociatedData(KeyPurpose purpose, int network, string publicKey) =>
        Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Format}|{purpose}|{network}|{publicKey}"));

    private static void CheckPassphrase(ReadOnlySpan<byte> passphrase)
    {
        if (passphrase.Length is < MinPassphrase or > MaxPassphrase)
        {
            throw new KeyFileException("the passphrase", $"it must have {MinPassphrase} to {MaxPassphrase} bytes");
        }
    }

    private static Content Read(string path)
    {
        try
        {
            Content? content = JsonSerializer.Deserialize<Content>(ReadPrivate(path, MaxLength), JsonSerializerOptions.Web);
            return content is { Format: Format, Purpose: not null, PublicKey: not null, Salt.Length: SaltLength, Encrypted: not null }
                && content.Nonce?.Length == Cipher.NonceSize
                    ? content
                    : throw new KeyFileException(path, "it is no key file of this version");
        }
        catch (JsonException)
        {
            throw new KeyFileException(path, "it is no key file");
        }
    }

    private static byte[] ReadPrivate(string path, int maxLength)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            {
                throw new KeyFileException(path, "others may read it; run chmod 600");
            }

            if (file.Length > maxLength)
            {
                throw new KeyFileException(path, $"it has more than {maxLength} bytes");
            }

            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(path, unreadable.Message);
        }
    }

    private static void Write(string path, byte[] content)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new FileStream(path, options);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException(path, unwritable.Message);
        }
    }

    private sealed record Content(string Format, string Purpose, int Network, string PublicKey, byte[] Salt, byte[] Nonce, byte[] Encrypted);
}
