using System.Security.Cryptography;

namespace CocoonOrleans.Sealing.Shares;

/// <summary>Splits a key so that any <c>t</c> of its shares give it back and fewer say nothing of it (A. Shamir, How to share a secret, 1979; over <see cref="Field256"/>, byte by byte).</summary>
public static class SecretSharing
{
    /// <summary>Splits a secret.</summary>
    /// <param name="secret"><see cref="KeyShare.Length"/> bytes.</param>
    /// <param name="threshold">How many shares are needed: 1 to <paramref name="count"/>.</param>
    /// <param name="count">How many there are: 1 to 255.</param>
    /// <returns>The shares of x = 1 to <paramref name="count"/>; the caller's to dispose of.</returns>
    /// <exception cref="ArgumentException">The secret has another length, or a number is out of its range.</exception>
    public static KeyShare[] Split(ReadOnlySpan<byte> secret, int threshold, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, byte.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(threshold, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threshold, count);
        Span<byte> coefficients = new byte[(threshold - 1) * KeyShare.Length];
        try
        {
            RandomNumberGenerator.Fill(coefficients);
            return Split(secret, coefficients, count);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(coefficients);
        }
    }

    /// <summary>Joins shares. As many as the threshold, no fewer: fewer give something else, which only the key's hash tells.</summary>
    /// <param name="shares">1 to 255, none of the same x.</param>
    /// <param name="secret"><see cref="KeyShare.Length"/> bytes; the caller's to zero.</param>
    /// <exception cref="ArgumentException">There is none, two have the same x, or the secret has another length.</exception>
    public static void Join(IReadOnlyList<KeyShare> shares, Span<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(shares);
        CheckLength(secret);
        if (shares.Count == 0 || shares.DistinctBy(share => share.X).Count() != shares.Count)
        {
            throw new ArgumentException("At least one share is needed, and none twice.", nameof(shares));
        }

        secret.Clear();
        foreach (var share in shares)
        {
            var weight = Weight(share, shares);
            for (var i = 0; i < secret.Length; i++)
            {
                secret[i] ^= Field256.Multiply(weight, share.Value[i]);
            }
        }
    }

    /// <summary>Splits with given coefficients.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="coefficients">Those of x for all bytes, then those of x squared, and so on.</param>
    /// <param name="count">How many shares.</param>
    internal static KeyShare[] Split(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> coefficients, int count)
    {
        CheckLength(secret);
        var shares = new KeyShare[count];
        Span<byte> value = stackalloc byte[KeyShare.Length];
        for (var x = 1; x <= count; x++)
        {
            // Horner's rule from the highest power.
            value.Clear();
            for (var power = coefficients.Length / KeyShare.Length; power > 0; power--)
            {
                for (var i = 0; i < value.Length; i++)
                {
                    value[i] = Field256.Multiply((byte)(value[i] ^ coefficients[((power - 1) * KeyShare.Length) + i]), (byte)x);
                }
            }

            for (var i = 0; i < value.Length; i++)
            {
                value[i] ^= secret[i];
            }

            shares[x - 1] = new KeyShare((byte)x, value);
        }

        CryptographicOperations.ZeroMemory(value);
        return shares;
    }

    /// <summary>Lagrange's polynomial of a share at 0: the product of x_j / (x_j - x_i); a difference is a sum here.</summary>
    private static byte Weight(KeyShare share, IReadOnlyList<KeyShare> shares)
    {
        byte weight = 1;
        foreach (var other in shares)
        {
            if (other.X != share.X)
            {
                weight = Field256.Multiply(weight, Field256.Multiply(other.X, Field256.Invert((byte)(other.X ^ share.X))));
            }
        }

        return weight;
    }

    private static void CheckLength(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != KeyShare.Length)
        {
            throw new ArgumentException($"A secret has {KeyShare.Length} bytes, not {secret.Length}.", nameof(secret));
        }
    }
}
