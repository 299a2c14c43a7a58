namespace CocoonOrleans.Market.Accounts;

/// <summary>
/// The rule for account ids, which are grain keys, parts of API keys and rows of the ledger: 1 to 64 characters of <c>a-z</c>, <c>A-Z</c>, <c>0-9</c>
/// and <c>-</c>. A hexadecimal SHA-256 fits.
/// </summary>
public static class AccountId
{
    /// <summary>The most characters an account id has.</summary>
    public const int MaxLength = 64;

    /// <summary>A fresh id: <c>prefix-</c> and 20 hexadecimal characters, the first twelve of them rising with time.</summary>
    /// <param name="prefix">What the account is, such as <c>acct</c> or <c>prov</c>.</param>
    /// <param name="clock">The clock whose time the id starts with.</param>
    /// <exception cref="ArgumentException">The prefix has a character that ids may not have, or is too long.</exception>
    public static string Create(string prefix, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        string uuid = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
        string id = $"{prefix}-{uuid[..12]}{uuid[^8..]}";
        return IsValid(id) ? id : throw new ArgumentException($"'{prefix}' can't start an account id.", nameof(prefix));
    }

    /// <summary>Whether a text keeps the rule.</summary>
    public static bool IsValid(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (char c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }
}
