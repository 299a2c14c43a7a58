using System.Diagnostics.CodeAnalysis;
using CocoonOrleans.Ton.Cells;
using CocoonOrleans.Ton.Signatures;

namespace CocoonOrleans.Ton.Providers;

/// <summary>
/// A provider that can be paid on the chain is named by its key: its account is the key's 64 lower-case hexadecimal digits. So nobody can take its name, and
/// what is signed with the key proves itself without any list.
/// </summary>
public static class ProviderId
{
    /// <summary>The account of a provider.</summary>
    public static string Of(PublicKey key) => key.ToString();

    /// <summary>The key in an account's name.</summary>
    /// <param name="accountId">Any account id.</param>
    /// <param name="key">The key.</param>
    /// <returns>False where the name is no key: then nothing can be proven for it, and nothing is paid to it on the chain.</returns>
    public static bool TryParse([NotNullWhen(true)] string? accountId, out PublicKey key)
    {
        key = default;
        if (accountId is not { Length: 2 * Bits256.Length } || !accountId.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        key = new PublicKey(new Bits256(Convert.FromHexString(accountId)));
        return !key.Bits.IsZero;
    }
}
