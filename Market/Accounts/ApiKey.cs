using System.Buffers.Text;
using System.Security.Cryptography;

namespace CocoonOrleans.Market.Accounts;

/// <summary>
/// A client's API key, <c>ck_&lt;account id&gt;.&lt;8 hexadecimal characters&gt;_&lt;43 characters base64url&gt;</c>. The middle part is the public
/// <see cref="KeyId"/> and names the account, so that a key is checked without a search; the last is 32 random bytes, of which only the SHA-256 is kept
/// (a fast hash is enough for 256 bits of chance). <see cref="ToString"/> never shows the secret.
/// </summary>
public sealed class ApiKey
{
    private const string Prefix = "ck_";
    private const int SuffixLength = 8;
    private const int SecretBytes = 32;
    private const int SecretLength = 43;

    /// <summary>The most characters a key has; anything longer is refused unread.</summary>
    public const int MaxLength = 3 + Accounts.AccountId.MaxLength + 1 + SuffixLength + 1 + SecretLength;

    private readonly string _text;
    private readonly byte[] _secretHash;

    private ApiKey(string text, string accountId, string keyId, byte[] secretHash)
    {
        _text = text;
        AccountId = accountId;
        KeyId = keyId;
        _secretHash = secretHash;
    }

    /// <summary>The account that pays for what is asked with this key.</summary>
    public string AccountId { get; }

    /// <summary>The public name of the key: account id, a point and eight characters. May be logged.</summary>
    public string KeyId { get; }

    /// <summary>SHA-256 of the secret's 32 bytes: what is stored.</summary>
    public ReadOnlyMemory<byte> SecretHash => _secretHash;

    /// <summary>A fresh key of an account, its secret drawn from the system's source of chance.</summary>
    /// <exception cref="ArgumentException">The account id is not one (<see cref="Accounts.AccountId.IsValid"/>).</exception>
    public static ApiKey Create(string accountId)
    {
        if (!Accounts.AccountId.IsValid(accountId))
        {
            throw new ArgumentException("This is not an account id.", nameof(accountId));
        }

        string keyId = $"{accountId}.{RandomNumberGenerator.GetHexString(SuffixLength, lowercase: true)}";
        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return new ApiKey($"{Prefix}{keyId}_{Base64Url.EncodeToString(secret)}", accountId, keyId, SHA256.HashData(secret));
    }

    /// <summary>Reads a key as a client sends it. Says nothing about whether such a key exists.</summary>
    /// <returns>False where the text has not the form of a key; then <paramref name="key"/> is null.</returns>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ApiKey? key)
    {
        key = null;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        // Neither an account id nor the suffix can hold '_' or '.'; the secret may hold '_', so the first one ends the key id.
        int end = text.IndexOf('_', Prefix.Length);
        if (end < 0 || !IsKeyId(text.AsSpan(Prefix.Length, end - Prefix.Length)) || text.Length - end - 1 != SecretLength)
        {
            return false;
        }

        Span<byte> secret = stackalloc byte[SecretBytes];
        if (!Base64Url.TryDecodeFromChars(text.AsSpan(end + 1), secret, out int written) || written != SecretBytes)
        {
            return false;
        }

        string keyId = text[Prefix.Length..end];
        key = new ApiKey(text, keyId[..keyId.IndexOf('.')], keyId, SHA256.HashData(secret));
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    /// <summary>Whether a text is a key id: an account id, a point and eight lower-case hexadecimal characters.</summary>
    public static bool IsKeyId(ReadOnlySpan<char> text)
    {
        int point = text.IndexOf('.');
        return point >= 0
            && Accounts.AccountId.IsValid(text[..point])
            && text.Length - point - 1 == SuffixLength
            && !text[(point + 1)..].ContainsAnyExcept("0123456789abcdef");
    }

    /// <summary>Whether the stored hash is of this key's secret; takes the same time whatever differs.</summary>
    public bool Matches(ReadOnlySpan<byte> storedHash) => CryptographicOperations.FixedTimeEquals(_secretHash, storedHash);

    /// <summary>The whole key, secret included: for the one moment when a new key is shown to its owner.</summary>
    public string Reveal() => _text;

    /// <summary>The key id only.</summary>
    public override string ToString() => KeyId;
}
