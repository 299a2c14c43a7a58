using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CocoonOrleans.Market;

namespace CocoonOrleans.Grains.Providers;

/// <summary>Names the payouts of providers that are paid by transfer.</summary>
internal static class ProviderPayouts
{
    /// <summary>
    /// The id of a provider's next payout. All that was paid out before names it: until something more is paid it is the same payout, whoever places it, also
    /// with a book that has forgotten it.
    /// </summary>
    /// <param name="providerId">The provider.</param>
    /// <param name="charged">What it was paid before, in nano, and what is on its way.</param>
    public static Guid IdOf(string providerId, Nano charged)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cocoon-payout-v1|{providerId}|{charged.Value}")));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
