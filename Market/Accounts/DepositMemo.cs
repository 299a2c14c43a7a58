using System.Security.Cryptography;

namespace CocoonOrleans.Market.Accounts;

/// <summary>
/// What a client writes beside its deposit so that it is known whose it is: <c>C-</c> and ten characters of Crockford's base 32 (no I, L, O, U), the last
/// one a check. One wrong character, or two neighbours exchanged, never make another memo.
/// </summary>
public static class DepositMemo
{
    /// <summary>The characters of a memo.</summary>
    public const int Length = 12;

    private const string Prefix = "C-";
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Digits = 9;

    /// <summary>x^5 + x^2 + 1, which makes 32 values a field: with the powers of x as weights the check sees every single error and every exchange.</summary>
    private const int Polynomial = 0b100101;

    /// <summary>A fresh memo, 45 bits from the system's source of chance.</summary>
    public static string Create()
    {
        Span<char> memo = stackalloc char[Length];
        Prefix.CopyTo(memo);
        RandomNumberGenerator.GetItems<char>(Alphabet, memo.Slice(Prefix.Length, Digits));
        memo[^1] = Alphabet[CheckOf(memo.Slice(Prefix.Length, Digits))];
        return new string(memo);
    }

    /// <summary>The memo in a text that somebody typed: blanks around it, small letters, and I, L and O for 1 and 0 are forgiven.</summary>
    /// <returns>The memo as it was made; null where the text is none, or its check is wrong.</returns>
    public static string? Find(string? text)
    {
        string memo = (text ?? "").Trim().ToUpperInvariant();
        if (memo.Length != Length || !memo.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        memo = Prefix + memo[Prefix.Length..].Replace('I', '1').Replace('L', '1').Replace('O', '0');
        ReadOnlySpan<char> digits = memo.AsSpan(Prefix.Length);
        return !digits.ContainsAnyExcept(Alphabet) && Alphabet[CheckOf(digits[..Digits])] == digits[^1] ? memo : null;
    }

    private static int CheckOf(ReadOnlySpan<char> digits)
    {
        int check = 0;
        foreach (char digit in digits)
        {
            check = Twice(check ^ Alphabet.IndexOf(digit, StringComparison.Ordinal));
        }

        return check;
    }

    private static int Twice(int value) => (value & 0b10000) == 0 ? value << 1 : (value << 1) ^ Polynomial;
}
