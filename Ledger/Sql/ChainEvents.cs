using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CocoonOrleans.Ledger.Sql;

/// <summary>Names what happened on the chain.</summary>
internal static class ChainEvents
{
    /// <summary>An id that the same event of the chain always has, so that it can't be booked twice.</summary>
    /// <param name="what">What happened.</param>
    /// <param name="address">To whom, in raw form.</param>
    /// <param name="number">A number of which each value comes once: a logical time, an amount that only grows.</param>
    public static Guid IdOf(string what, string address, long number)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cocoon-chain-v1|{what}|{address}|{number}")));
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
