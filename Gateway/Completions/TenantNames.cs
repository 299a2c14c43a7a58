using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Sealing;

namespace CocoonOrleans.Gateway.Completions;

/// <summary>
/// Names clients to workers, so that these let the jobs of one client share a prefix cache and their time: a pseudonym for each client and worker
/// (HMAC-SHA256 under a key derived from the gateways' shared one, RFC 5869), the same at every gateway. A worker can't tell from it who the client is, and two
/// workers can't tell that they have the same.
/// </summary>
public sealed class TenantNames
{
    private readonly byte[] _key;

    /// <summary>Uses a shared key.</summary>
    /// <exception cref="ArgumentException">It has not the bytes of <see cref="TermsSeal.KeyBytes"/>.</exception>
    public TenantNames(ReadOnlySpan<byte> key)
    {
        if (key.Length != TermsSeal.KeyBytes)
        {
            throw new ArgumentException($"The key that names tenants has {TermsSeal.KeyBytes} bytes.", nameof(key));
        }

        _key = new byte[TermsSeal.KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, _key, default, "cocoon/tenant/v1"u8);
    }

    /// <summary>A client's name at a worker.</summary>
    public Digest Of(string accountId, string workerId)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{workerId}/{accountId}"), digest);
        return new Digest(digest);
    }
}
